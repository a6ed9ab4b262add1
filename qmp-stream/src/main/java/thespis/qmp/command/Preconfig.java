package thespis.qmp.command;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The command may also be given before the machine is made (`--preconfig`).
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Preconfig {}
