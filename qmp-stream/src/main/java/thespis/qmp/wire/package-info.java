/// QMP's wire format: bytes to JSON values and back, as QEMU 7.2 reads and writes them. Knows nothing of commands or
/// actors.
package thespis.qmp.wire;
