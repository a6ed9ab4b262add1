/// QMP as a server: sockets, one actor for each client, events. A client's bytes come in by a {@link
/// thespis.qmp.ClientLink}, {@link thespis.qmp.QmpConnection} reads commands from them and asks the machine's board,
/// one command after another.
package thespis.qmp;
