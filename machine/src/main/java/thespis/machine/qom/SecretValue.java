package thespis.machine.qom;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import thespis.cpu.model.ConfigException;

/// What a `secret` holds: text or a file's bytes, as they are or in Base64, perhaps encrypted with another secret. QEMU
/// System Emulation User's Guide "Providing secret data to QEMU": AES-256 in CBC mode; the last byte says how many to leave
/// out.
final class SecretValue {
  private static final int KEY_BYTES = 32;
  private static final int BLOCK_BYTES = 16;

  private SecretValue() {}

  /// @param others finds another object by its id; null if there is none
  /// @throws ConfigException with QEMU's text
  static byte[] of(QomObject secret, Function<String, QomObject> others) {
    String data = given(secret, "data");
    String file = given(secret, "file");
    if (data != null && file != null) {
      throw new ConfigException("'file' and 'data' are mutually exclusive");
    }
    if (data == null && file == null) {
      throw new ConfigException("Either 'file' or 'data' must be provided");
    }
    String key = given(secret, "keyid");
    byte[] content = file == null ? data.getBytes(StandardCharsets.UTF_8) : read(file);
    byte[] keyBytes = key == null ? null : key(key, others);
    byte[] iv = key == null ? null : iv(given(secret, "iv"));
    if (secret.get("format").equals("base64")) {
      content = Base64Text.decode(new String(content, StandardCharsets.ISO_8859_1));
    }
    return key == null ? content : decrypted(content, keyBytes, iv);
  }

  /// Null if nobody said anything of it; to say nothing in it is something else.
  private static String given(QomObject secret, String property) {
    return (String) UserObjectTypes.settings(secret).get(property, null);
  }

  private static byte[] key(String id, Function<String, QomObject> others) {
    QomObject key = others.apply(id);
    if (key == null) {
      throw new ConfigException("No secret with id '" + id + "'");
    }
    if (!key.type().isA("secret_common")) {
      throw new ConfigException("Object with id '" + id + "' is not a secret");
    }
    byte[] bytes = of(key, others);
    if (bytes.length != KEY_BYTES) {
      throw new ConfigException("Key should be 32 bytes in length");
    }
    return bytes;
  }

  private static byte[] iv(String text) {
    if (text == null) {
      throw new ConfigException("IV is required to decrypt secret");
    }
    byte[] iv = Base64Text.decode(text);
    if (iv.length != BLOCK_BYTES) {
      throw new ConfigException("IV should be 16 bytes in length not " + iv.length);
    }
    return iv;
  }

  private static byte[] decrypted(byte[] content, byte[] key, byte[] iv) {
    if (content.length % BLOCK_BYTES != 0) {
      throw new ConfigException("Length " + content.length + " must be a multiple of block size " + BLOCK_BYTES);
    }
    byte[] plain;
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
      plain = cipher.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new ConfigException("Unable to decrypt: " + e.getMessage());
    }
    int padding = plain.length == 0 ? 0 : plain[plain.length - 1] & 0xFF;
    if (padding > BLOCK_BYTES || padding > plain.length) {
      throw new ConfigException("Incorrect number of padding bytes (" + padding + ") found on decrypted data");
    }
    return Arrays.copyOf(plain, plain.length - padding);
  }

  private static byte[] read(String file) {
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          "Unable to read " + file + ": Failed to open file \u201c" + file + "\u201d: No such file or directory");
    } catch (IOException e) {
      throw new ConfigException("Unable to read " + file + ": " + e.getMessage());
    }
  }
}
