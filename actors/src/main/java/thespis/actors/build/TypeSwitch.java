package thespis.actors.build;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/// A method that does what a call site of `SwitchBootstraps.typeSwitch` does: for an object and the number of the label to
/// begin with, it tells the number of the first label that fits, how many there are if none does, or -1 for null.
///
/// @param type `(T, int) int`
/// @param labels classes, and constants of enums
record TypeSwitch(String name, MethodTypeDesc type, List<ConstantDesc> labels) {
  private static final ClassDesc BOOTSTRAPS = ClassDesc.of("java.lang.runtime.SwitchBootstraps");
  private static final ClassDesc ENUM_CONSTANT = ClassDesc.of("java.lang.Enum$EnumDesc");

  /// A call site that such a method can stand for.
  static boolean is(InvokeDynamicInstruction i) {
    return i.bootstrapMethod().owner().equals(BOOTSTRAPS) && i.bootstrapMethod().methodName().equals("typeSwitch")
        && !i.typeSymbol().parameterType(0).isPrimitive()
        && i.bootstrapArgs().stream().allMatch(label -> label instanceof ClassDesc c && !c.isPrimitive() || isEnum(label));
  }

  /// Java's compiler writes `EnumDesc.of(ClassDesc.of("the.Enum"), "NAME")`, evaluated by `ConstantBootstraps.invoke`.
  private static boolean isEnum(ConstantDesc label) {
    return label instanceof DynamicConstantDesc<?> d && d.constantType().equals(ENUM_CONSTANT)
        && d.bootstrapArgsList().size() == 3 && d.bootstrapArgsList().get(1) instanceof DynamicConstantDesc<?> c
        && c.bootstrapArgsList().size() == 2 && c.bootstrapArgsList().get(1) instanceof String
        && d.bootstrapArgsList().get(2) instanceof String;
  }

  void define(ClassBuilder in) {
    in.withMethodBody(name, type, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC, this::body);
  }

  private void body(CodeBuilder code) {
    Label some = code.newLabel();
    code.aload(0).ifnonnull(some).iconst_m1().ireturn().labelBinding(some);
    for (int n = 0; n < labels.size(); n++) {
      Label next = code.newLabel();
      code.iload(1).loadConstant(n).if_icmpgt(next).aload(0);
      if (labels.get(n) instanceof ClassDesc c) {
        code.instanceOf(c).ifeq(next);
      } else {
        List<ConstantDesc> label = ((DynamicConstantDesc<?>) labels.get(n)).bootstrapArgsList();
        ClassDesc owner = ClassDesc.of((String) ((DynamicConstantDesc<?>) label.get(1)).bootstrapArgsList().get(1));
        code.getstatic(owner, (String) label.get(2), owner).if_acmpne(next);
      }
      code.loadConstant(n).ireturn().labelBinding(next);
    }
    code.loadConstant(labels.size()).ireturn();
  }
}
