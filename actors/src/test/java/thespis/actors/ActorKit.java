package thespis.actors;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives a test class one {@link ActorTestKit}, closed after its last test.
final class ActorKit implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ActorKit.class);

  private record Kit(ActorTestKit kit) implements AutoCloseable {
    @Override
    public void close() {
      kit.shutdownTestKit();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ActorTestKit.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext ofClass = context;
    while (ofClass.getTestMethod().isPresent()) {
      ofClass = ofClass.getParent().orElseThrow();
    }
    String name = context.getRequiredTestClass().getSimpleName();
    return ofClass.getStore(NAMESPACE)
        .computeIfAbsent(name, n -> new Kit(ActorTestKit.create(name)), Kit.class)
        .kit();
  }
}
