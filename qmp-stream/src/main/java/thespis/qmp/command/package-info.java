/// The commands of QMP as records: a record's components are the command's arguments, its type argument is what the
/// command returns. `query-commands`, argument errors and introspection follow from them. Source: QEMU QMP reference,
/// version 7.2.
package thespis.qmp.command;
