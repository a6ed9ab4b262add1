package thespis.qmp.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A sealed interface of records that is a QAPI union: on the wire a record's members follow its case, which stands in
/// the member that is named here. The record's name is the case. Members that every case has are the interface's methods.
/// QAPI code generator documentation "Union types".
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Union {
  String value();

  /// The members that stand before that one.
  String[] after() default {};
}
