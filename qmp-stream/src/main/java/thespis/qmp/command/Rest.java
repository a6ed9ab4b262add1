package thespis.qmp.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The component gets all arguments as they came, known and unknown, so none is unexpected. A command with such a component
/// hands its arguments to an option parser: numbers and booleans are taken as text where text is expected.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT})
@interface Rest {}
