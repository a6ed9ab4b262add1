package thespis.actors;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.state.CpuFeatures;
import thespis.machine.board.RamImage;
import thespis.machine.migrate.Section;

/// A machine at one moment, for others to go on from there.
final class FrozenMachine implements AutoCloseable {
  /// A processor that was there.
  ///
  /// @param device what made it; empty for one of the board's own
  record Processor(int slot, Optional<Map<String, Object>> device) {
    Processor {
      device = device.map(LinkedHashMap::new);
    }
  }

  private final Section shape;
  private final Map<String, Section> sections;
  private final List<Processor> processors;
  private final Optional<RamImage> ram;
  private TranslationCache translations;

  /// @param shape what a machine must have alike to go on from here
  /// @param sections everything else, by name
  /// @param processors in order of creation
  /// @param ram none if the machine has none
  FrozenMachine(Section shape, Map<String, Section> sections, List<Processor> processors, Optional<RamImage> ram) {
    this.shape = shape;
    this.sections = new LinkedHashMap<>(sections);
    this.processors = List.copyOf(processors);
    this.ram = ram;
  }

  Section shape() {
    return shape;
  }

  /// The caller's own.
  Map<String, Section> sections() {
    return new LinkedHashMap<>(sections);
  }

  List<Processor> processors() {
    return processors;
  }

  Optional<RamImage> ram() {
    return ram;
  }

  /// What the machines that go on from here have translated, where they have no folder for it.
  synchronized TranslationCache translations(CpuFeatures cpu) {
    if (translations == null) {
      translations = TranslationCache.inMemory(cpu);
    }
    return translations;
  }

  /// Machines that went on from here stay.
  @Override
  public void close() {
    ram.ifPresent(RamImage::close);
  }
}
