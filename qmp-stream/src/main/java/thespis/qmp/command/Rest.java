package thespis.qmp.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The component gets all arguments as text, known and unknown, so none is unexpected. A command with such a component hands
/// its arguments to an option parser: numbers and booleans become text, null, lists and objects are not seen at all, and
/// neither is an `id` that is no string. Missing arguments are left to whoever carries it out: they are null here.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT})
@interface Rest {}
