package thespis.qmp.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What clients can learn of a command or a member beyond its types. QAPI code generator documentation "Features".
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD})
public @interface Features {
  String UNSTABLE = "unstable";
  String DEPRECATED = "deprecated";

  String[] value();
}
