package thespis.actors;

import thespis.actors.block.BlockLayer;

/// What devices would be plugged into on the host's side, which clients can make before there is a machine.
record Backends(Network network, BlockLayer blocks) {
  static Backends none() {
    return new Backends(new Network(), new BlockLayer());
  }
}
