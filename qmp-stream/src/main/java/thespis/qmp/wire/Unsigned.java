package thespis.qmp.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// An integer of so many bits without sign, kept in a long. 64 bits are also QAPI's `size`, for which negative numbers
/// are taken as what they are without their sign.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface Unsigned {
  int value();
}
