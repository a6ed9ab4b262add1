package thespis.qmp.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A sealed interface of records with one component each that is a QAPI alternate: on the wire there is the component
/// alone, and what kind of JSON it is says which record. QAPI code generator documentation "Alternate types".
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Alternate {
  /// Its name in error texts.
  String value();
}
