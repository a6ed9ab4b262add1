package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FrequencyTest {
  @Test
  void nanosOfATickIsTheFirstNanosecondThatHasIt() {
    Random random = new Random(3_579_545);
    for (long hertz : new long[] {32_768, 1_193_182, 3_579_545, 100_000_000, 1_000_000_000}) {
      Frequency f = new Frequency(hertz);
      for (int i = 0; i < 1000; i++) {
        long ticks = random.nextLong(1, hertz * 1_000_000_000L >> i % 30);
        long nanos = f.nanos(ticks);
        assertEquals(ticks, f.ticks(nanos), () -> ticks + " at " + hertz);
        assertEquals(ticks - 1, f.ticks(nanos - 1), () -> ticks + " at " + hertz);
      }
    }
  }

  @Test
  void aYearDoesNotOverflow() {
    long year = 365L * 86_400;
    assertEquals(year * 3_579_545, new Frequency(3_579_545).ticks(year * 1_000_000_000L));
  }
}
