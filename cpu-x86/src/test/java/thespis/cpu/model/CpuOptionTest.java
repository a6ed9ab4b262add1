package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `-cpu` as QEMU 7.2 takes it.
class CpuOptionTest {
  @Test
  void namesAreTurnedToDashesButNotThoseWithASign() {
    CpuOption option = CpuOption.parse("qemu64,,model_id=a_b,+sse4_1,lahf_lm,-sse3,");
    assertEquals(List.of("sse4_1"), option.plus());
    assertEquals(List.of("sse3"), option.minus());
    assertEquals(
        "[qemu64-x86_64-cpu.model-id=a_b, qemu64-x86_64-cpu.lahf-lm=on]", option.globals().toString());
    assertEquals(List.of(), option.warnings());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      pentium,-nx,nx=on                  | Ambiguous CPU model string. Don't mix both "-nx" and "nx=on"
      qemu64,+sse3,sse3                  | Ambiguous CPU model string. Don't mix both "+sse3" and "sse3=on"
      """)
  void mixingTheTwoSpellingsOfAFlagIsWarnedAbout(String option, String warning) {
    assertEquals(
        List.of(warning, "Compatibility of ambiguous CPU model strings won't be kept on future QEMU versions"),
        CpuOption.parse(option).warnings());
  }

  @Test
  void aSignAfterThePropertyIsNotWarnedAbout() {
    assertEquals(List.of(), CpuOption.parse("qemu64,hypervisor=off,+hypervisor").warnings());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      3G      | 3000000000
      2.5k    | 2500
      1.k     | 1000
      0x10    | 16
      9E      | 9000000000000000000
      17      | 17
      """)
  void aFrequencyMayHaveAMetricSuffix(String text, String hertz) {
    assertEquals(
        "[qemu64-x86_64-cpu.tsc-frequency=" + hertz + "]",
        CpuOption.parse("qemu64,tsc-freq=" + text).globals().toString());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      nosuch                 | unable to find CPU model 'nosuch'
      Haswell-v9             | unable to find CPU model 'Haswell-v9'
      qemu64-x86_64-cpu      | unable to find CPU model 'qemu64-x86_64-cpu'
      haswell                | unable to find CPU model 'haswell'
      ',qemu64'              | unable to find CPU model ''
      ','                    | unable to find CPU model ''
      ''                     | -cpu option cannot be empty
      qemu64,tsc-freq=abc    | bad numerical value abc
      qemu64,tsc-freq=-1     | bad numerical value -1
      qemu64,tsc-freq=1.5    | bad numerical value 1.5
      qemu64,tsc-freq=.5k    | bad numerical value .5k
      qemu64,tsc-freq=3GB    | bad numerical value 3GB
      qemu64,tsc-freq=10E    | bad numerical value 10E
      """)
  void badOptionsAreRefusedInQemusWords(String option, String message) {
    assertEquals(message, assertThrows(ConfigException.class, () -> CpuOption.parse(option)).getMessage());
  }
}
