package thespis.actors.build;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// One class, with what an AOT cache cannot hold replaced by what it can:
///
/// - Lambdas for interfaces of Scala and Akka, which are serializable, become plain ones. Nothing here is serialized so.
/// - `switch` by type becomes a method with `instanceof`; see {@link TypeSwitch}.
///
/// JEP 483 "Ahead-of-Time Class Loading & Linking" keeps lambdas only that come from `LambdaMetafactory.metafactory`.
final class PrelinkedClass {
  private static final ClassDesc FACTORY = ClassDesc.of("java.lang.invoke.LambdaMetafactory");

  private static final DirectMethodHandleDesc PLAIN = MethodHandleDesc.ofMethod(
      DirectMethodHandleDesc.Kind.STATIC, FACTORY, "metafactory", MethodTypeDesc.of(
          ConstantDescs.CD_CallSite, ConstantDescs.CD_MethodHandles_Lookup, ConstantDescs.CD_String,
          ConstantDescs.CD_MethodType, ConstantDescs.CD_MethodType, ConstantDescs.CD_MethodHandle,
          ConstantDescs.CD_MethodType));

  /// `LambdaMetafactory.FLAG_MARKERS`: it has to implement further interfaces.
  private static final int MARKERS = 2;

  /// `LambdaMetafactory.FLAG_BRIDGES`.
  private static final int BRIDGES = 4;

  private final ClassDesc self;
  private final boolean isInterface;
  private final List<TypeSwitch> switches = new ArrayList<>();

  private PrelinkedClass(ClassModel model) {
    self = model.thisClass().asSymbol();
    isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
  }

  /// The class as it is to be; the very same array if nothing is to be done.
  static byte[] of(ClassFile classes, byte[] bytes) {
    ClassModel model = classes.parse(bytes);
    if (model.methods().stream().noneMatch(PrelinkedClass::isWanted)) {
      return bytes;
    }
    PrelinkedClass fresh = new PrelinkedClass(model);
    return classes.transformClass(model,
        ClassTransform.transformingMethodBodies(PrelinkedClass::isWanted, fresh::rewrite)
            .andThen(ClassTransform.endHandler(c -> fresh.switches.forEach(s -> s.define(c)))));
  }

  private static boolean isWanted(MethodModel method) {
    return method.code().stream().flatMap(code -> code.elementStream())
        .anyMatch(e -> e instanceof InvokeDynamicInstruction i && (isPlainLambda(i) || TypeSwitch.is(i)));
  }

  private void rewrite(CodeBuilder code, CodeElement e) {
    if (e instanceof InvokeDynamicInstruction i && isPlainLambda(i)) {
      List<ConstantDesc> a = i.bootstrapArgs();
      code.invokedynamic(
          DynamicCallSiteDesc.of(PLAIN, i.name().stringValue(), i.typeSymbol(), a.get(0), a.get(1), a.get(2)));
    } else if (e instanceof InvokeDynamicInstruction i && TypeSwitch.is(i)) {
      TypeSwitch made = new TypeSwitch("switch$" + switches.size(), i.typeSymbol(), i.bootstrapArgs());
      switches.add(made);
      code.invokestatic(self, made.name(), made.type(), isInterface);
    } else {
      code.with(e);
    }
  }

  /// A lambda that has to be nothing but its interface. The bridges that Scala asks for take and return narrower types than
  /// the interface's method: nobody calls them through its own interfaces, which declare no such methods.
  private static boolean isPlainLambda(InvokeDynamicInstruction i) {
    if (!i.bootstrapMethod().owner().equals(FACTORY) || !i.bootstrapMethod().methodName().equals("altMetafactory")) {
      return false;
    }
    String type = i.typeSymbol().returnType().descriptorString();
    int flags = (Integer) i.bootstrapArgs().get(3);
    boolean markers = (flags & MARKERS) != 0;
    boolean bridges = !markers && (flags & BRIDGES) != 0 && (Integer) i.bootstrapArgs().get(4) != 0;
    return !markers && (type.startsWith("Lscala/Function") || !bridges && isScalas(type));
  }

  /// Their interfaces are serializable themselves. That a lambda of another one is to be so stands in the flags alone.
  private static boolean isScalas(String type) {
    return type.startsWith("Lscala/") || type.startsWith("Lakka/");
  }
}
