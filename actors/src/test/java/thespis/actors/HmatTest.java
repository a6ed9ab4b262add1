package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.MachineObjects;
import thespis.machine.board.NumaNodes;
import thespis.machine.board.Topology;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.NumaOptions;

/// What QEMU 7.2 says to `-numa` options about latencies, bandwidths and side caches; two nodes of two processors, of which
/// the first has all of them.
class HmatTest {
  private static final Topology TWO_SOCKETS = new Topology(2, 2, 2, 1, 1, 1);
  private static final String LATENCY = "hmat-lb,initiator=0,hierarchy=memory,data-type=access-latency";
  private static final String BANDWIDTH = "hmat-lb,initiator=0,hierarchy=memory,data-type=access-bandwidth";
  private static final String CACHE = "hmat-cache,associativity=direct,policy=write-back,line=8";

  private static NumaOptions option(String text) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    String written = text.replace("LAT", LATENCY).replace("BW", BANDWIDTH).replace("CACHE", CACHE);
    Arrays.stream(("type=" + written).split(",")).map(item -> item.split("=")).forEach(pair ->
        values.computeIfAbsent(pair[0], key -> new ArrayList<>()).add(pair[1]));
    try {
      return NumaOptions.of(values);
    } catch (ArgumentException e) {
      throw new ConfigException(e.getMessage());
    }
  }

  private static void tell(boolean hmat, String... options) {
    MachineBuilder builder = Machine.builder().board("q35").smp("2,sockets=2");
    if (hmat) {
      builder.boardOption("hmat", "on");
    }
    for (String text : options) {
      builder.numa("", option(text));
    }
    NumaNodes nodes = NumaSetup.of(
        builder.config(), TWO_SOCKETS, MachineType.find("pc-q35-5.0"),
        new MachineObjects("pc-q35-5.0", TWO_SOCKETS).userObjects());
    nodes.complete(2 << 20, warning -> {});
  }

  private static String[] twoNodes(String further) {
    return ("node,mem=1M,cpus=0-1 node,mem=1M,initiator=0 " + further).strip().split(" +");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', nullValues = "fits", textBlock = """
      LAT,target=0,bandwidth=5M | Missing 'latency' option
      LAT,target=0,latency=5,bandwidth=5M | Invalid option 'bandwidth' since the data type is latency
      BW,target=0,latency=5,bandwidth=5M | Invalid option 'latency' since the data type is bandwidth
      BW,target=0,bandwidth=5K | Bandwidth 5120 between initiator=0 and target=0 should be 1MB aligned
      BW,target=0,bandwidth=x | Parameter 'bandwidth' expects a size value
      hmat-lb,initiator=0,target=0,hierarchy=memory,data-type=foo,latency=5 \
          | Parameter 'data-type' does not accept value 'foo'
      hmat-lb,initiator=0,target=0,data-type=access-latency,latency=5 | Parameter 'hierarchy' is missing
      hmat-lb,initiator=2,target=0,hierarchy=memory,data-type=access-latency,latency=5 \
          | Invalid initiator=2, it isn't an initiator proximity domain
      hmat-lb,initiator=1,target=0,hierarchy=memory,data-type=access-latency,latency=5 \
          | Invalid initiator=1, it isn't an initiator proximity domain
      hmat-lb,initiator=3,target=0,hierarchy=memory,data-type=access-latency,latency=5 \
          | Invalid initiator=3, it should be less than 2
      LAT,target=2,latency=5 | The target=2 should point to an existing node
      LAT,target=200,latency=5 | Invalid target=200, it should be less than 2
      LAT,target=0,latency=5 LAT,target=0,latency=5 \
          | Duplicate configuration of the latency for initiator=0 and target=0
      BW,target=0,bandwidth=1M BW,target=0,bandwidth=1M \
          | Duplicate configuration of the bandwidth for initiator=0 and target=0
      LAT,target=0,latency=5 LAT,target=1,latency=65534 | fits
      LAT,target=0,latency=5 LAT,target=1,latency=65535 | Latency 65535 between initiator=0 and target=1 \
      should not differ from previously entered min or max values on more than 65534
      LAT,target=0,latency=5 LAT,target=1,latency=1000000 | Latency 1000000 between initiator=0 and target=1 \
      should not differ from previously entered min or max values on more than 65534
      LAT,target=0,latency=700000 LAT,target=1,latency=5 | fits
      BW,target=0,bandwidth=1M BW,target=1,bandwidth=65534M | fits
      BW,target=0,bandwidth=1M BW,target=1,bandwidth=65535M | Bandwidth 68718428160 between initiator=0 and target=1 \
      should not differ from previously entered values on more than 65534
      CACHE,node-id=0,size=10K,level=1 \
          | The latency and bandwidth information of node-id=0 should be provided before memory side cache attributes
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=2,size=10K,level=1 \
          | Invalid node-id=2, it should be less than 2
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=0,size=10K,level=0 \
          | Invalid level=0, it should be larger than 0 and less than or equal to 3
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=0,size=10K,level=4 \
          | Invalid level=4, it should be larger than 0 and less than or equal to 3
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=0,size=10K,level=2 \
          | Cache level=1 shall be defined first
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=0,size=10K,level=1 CACHE,node-id=0,size=10K,level=1 \
          | Duplicate configuration of the side cache for node-id=0 and level=1
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=0,size=10K,level=1 CACHE,node-id=0,size=9K,level=2 \
          | Invalid size=9216, the size of level=2 should be larger than the size(10240) of level=1
      LAT,target=0,latency=5 BW,target=0,bandwidth=1M CACHE,node-id=0,size=10K,level=1 CACHE,node-id=0,size=11K,level=2 | fits
      hmat-cache,node-id=0,size=10K,level=1 | Parameter 'associativity' is missing
      """)
  void attributesAreCheckedAsQemuDoes(String options, String message) {
    String[] all = twoNodes(options);
    if (message == null) {
      tell(true, all);
    } else {
      assertEquals(
          message,
          assertThrows(ConfigException.class, () -> tell(true, all)).getMessage());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      node,mem=1M,initiator=200 node,mem=1M | The initiator id 200 expects an integer between 0 and 127
      node,mem=1M,initiator=5 node,mem=1M | The initiator of CPU NUMA node 0 should be itself (got 5)
      node,mem=1M,cpus=0-1 node,mem=1M,initiator=5 | NUMA node 5 is missing, use '-numa node' option to declare it first
      node,mem=1M,initiator=1 node,mem=1M cpu,node-id=0,socket-id=0 \
          | The initiator of CPU NUMA node 0 should be itself (got 1)
      node,mem=1M,initiator=1,cpus=0 node,mem=1M | The initiator of CPU NUMA node 0 should be itself (got 1)
      node,mem=1M,cpus=0-1 node,mem=1M,initiator=1 | The initiator of NUMA node 1 is invalid
      """)
  void nearestProcessorsAreCheckedAsQemuDoes(String options, String message) {
    assertEquals(
        message, assertThrows(ConfigException.class, () -> tell(true, options.split(" "))).getMessage());
  }

  @Test
  void theTableHasToBeSwitchedOn() {
    String message = "ACPI Heterogeneous Memory Attribute Table (HMAT) is disabled, enable it with -machine hmat=on before"
        + " using any of hmat specific options";
    List.of("node,mem=1M,initiator=0", "node,mem=2M LAT,target=0,latency=5", "node,mem=2M CACHE,node-id=0,size=1K,level=1")
        .forEach(options -> assertEquals(
            message, assertThrows(ConfigException.class, () -> tell(false, options.split(" "))).getMessage()));
  }
}
