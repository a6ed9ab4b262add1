package thespis.actors.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuestReportTest {
  @Test
  void aReportIsFoundInALine() {
    assertEquals(
        new GuestReport("0-3", "0-1", "0"), GuestReport.in("THESPIS cpus possible=0-3 present=0-1 online=0\r"));
  }

  @Test
  void otherLinesHoldNone() {
    assertNull(GuestReport.in("THESPIS cpu1 online"));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0-3, 4", "'0,2', 2", "'0-1,3-5', 5"})
  void listsAreCounted(String list, int count) {
    assertEquals(count, GuestReport.count(list));
  }
}
