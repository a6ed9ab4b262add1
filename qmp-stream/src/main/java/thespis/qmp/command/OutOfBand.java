package thespis.qmp.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The command may be given by `exec-oob`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface OutOfBand {}
