package thespis.machine.migrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import thespis.cpu.state.StateException;
import thespis.cpu.state.StateIo;

/// What two machines must have alike for one to take over the other's state. It is the first section of a stream.
///
/// @param type the machine type's full name
/// @param cpuType the processors' QOM type
/// @param cpuid what they answer to CPUID, as far as a guest relies on it
/// @param ram in their order
/// @param places for processors
/// @param apicIds of the processors that are there, by slot
public record MachineShape(
    String type, String cpuType, int[] cpuid, List<RamBlock> ram, int places, Map<Integer, Integer> apicIds) {
  private static final String NAME = "machine";
  private static final int MOST_BLOCKS = 255;
  private static final int MOST_CPUS = 4096;
  private static final int MOST_CPUID = 1024;

  public MachineShape {
    cpuid = cpuid.clone();
    ram = List.copyOf(ram);
    apicIds = new TreeMap<>(apicIds);
  }

  /// With these processors.
  public MachineShape with(Map<Integer, Integer> present) {
    return new MachineShape(type, cpuType, cpuid, ram, places, present);
  }

  public Section section() {
    return Section.save(NAME, this::walk);
  }

  private MachineShape walk(StateIo io) {
    String sameType = io.text("type", type);
    String sameCpu = io.text("cpu-type", cpuType);
    int[] answers = Arrays.copyOf(cpuid, io.within("cpuid-words", cpuid.length, 0, MOST_CPUID));
    io.ints("cpuid", answers);
    List<RamBlock> blocks = new ArrayList<>();
    int count = io.within("ram-blocks", ram.size(), 0, MOST_BLOCKS);
    long offset = 0;
    for (int i = 0; i < count; i++) {
      RamBlock known = i < ram.size() ? ram.get(i) : new RamBlock("", 0, 0);
      RamBlock block = new RamBlock(io.text("ram" + i, known.name()), offset, io.u64("ram" + i + "-bytes", known.bytes()));
      offset += block.bytes();
      blocks.add(block);
    }
    int samePlaces = io.u32("places", places);
    int cpus = io.within("cpus", apicIds.size(), 0, MOST_CPUS);
    int[] slots = Arrays.copyOf(apicIds.keySet().stream().mapToInt(n -> n).toArray(), cpus);
    int[] ids = Arrays.copyOf(apicIds.values().stream().mapToInt(n -> n).toArray(), cpus);
    io.ints("slots", slots);
    io.ints("apic-ids", ids);
    Map<Integer, Integer> present = new TreeMap<>();
    for (int i = 0; i < cpus; i++) {
      present.put(slots[i], ids[i]);
    }
    return new MachineShape(sameType, sameCpu, answers, blocks, samePlaces, present);
  }

  private static MachineShape of(Section section) throws StreamException {
    if (!section.name().equals(NAME)) {
      throw new StreamException("the stream does not begin with a machine");
    }
    MachineShape[] read = new MachineShape[1];
    try {
      section.load(io -> read[0] = new MachineShape("", "", new int[0], List.of(), 0, Map.of()).walk(io));
    } catch (StateException e) {
      throw new StreamException("the stream's machine: " + e.getMessage());
    }
    return read[0];
  }

  /// @throws StreamException in QEMU's words, where it has some, if the machine of a stream is not like this one
  public void accept(Section first) throws StreamException {
    MachineShape received = of(first);
    if (!received.type.equals(type)) {
      throw new StreamException("Machine type received is '" + received.type + "' and local is '" + type + "'");
    }
    acceptRam(received.ram);
    if (received.places != places) {
      throw new StreamException(
          "Machine received has places for " + received.places + " CPUs and the local one for " + places);
    }
    if (!received.cpuType.equals(cpuType)) {
      throw new StreamException("CPU type received is '" + received.cpuType + "' and local is '" + cpuType + "'");
    }
    if (!Arrays.equals(received.cpuid, cpuid)) {
      throw new StreamException("CPUs received are of type '" + cpuType + "' as the local ones, but with other features");
    }
    acceptCpus(received.apicIds);
  }

  private void acceptRam(List<RamBlock> received) throws StreamException {
    for (RamBlock theirs : received) {
      RamBlock mine = ram.stream().filter(b -> b.name().equals(theirs.name())).findFirst().orElse(null);
      if (mine == null) {
        throw new StreamException("Unknown ramblock \"" + theirs.name() + "\", cannot accept migration");
      }
      if (mine.bytes() != theirs.bytes()) {
        throw new StreamException("Size mismatch: " + mine.name() + ": 0x" + Long.toHexString(theirs.bytes())
            + " != 0x" + Long.toHexString(mine.bytes()) + ": Invalid argument");
      }
    }
    if (!received.equals(ram)) {
      throw new StreamException("Memory is in other blocks than the local one");
    }
  }

  private void acceptCpus(Map<Integer, Integer> received) throws StreamException {
    for (Map.Entry<Integer, Integer> theirs : received.entrySet()) {
      Integer mine = apicIds.get(theirs.getKey());
      if (mine == null) {
        throw new StreamException("Unknown savevm section or instance 'cpu' " + theirs.getKey() + ". Make sure that your "
            + "current VM setup matches your saved VM setup, including any hotplugged devices");
      }
      if (!mine.equals(theirs.getValue())) {
        throw new StreamException("CPU " + theirs.getKey() + " received has APIC ID " + theirs.getValue()
            + " and the local one has " + mine);
      }
    }
    for (int mine : apicIds.keySet()) {
      if (!received.containsKey(mine)) {
        throw new StreamException("CPU " + mine + " is not in the stream. Make sure that your current VM setup matches "
            + "your saved VM setup, including any hotplugged devices");
      }
    }
  }
}
