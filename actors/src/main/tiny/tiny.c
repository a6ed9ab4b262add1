/* The tiny guest of `thespis demo --tiny`: finds added processors through the CPU hotplug registers of the pc board, starts
   each by INIT-SIPI-SIPI, lets go of those that it is asked for, and reports on COM1 in the words that GuestReport.java reads. */

typedef unsigned char byte;
typedef unsigned int word;

/* QEMU ACPI CPU hotplug interface, port base of the PIIX4 board. */
enum { HOTPLUG = 0xAF00, FLAGS = HOTPLUG + 4, COMMAND = HOTPLUG + 5, DATA = HOTPLUG + 8 };
enum { ENABLED = 1, INSERTING = 2, REMOVING = 4, EJECT = 8 };
enum { OST_EVENT = 1, OST_STATUS = 2, ARCH_ID = 3 };
enum { GPE0_STATUS = 0xAFE0, GPE_CPU = 1 << 2 };
enum { COM1 = 0x3F8, LINE_STATUS = COM1 + 5, TRANSMITTER_EMPTY = 0x20 };
enum { MOST = 32 };

#define APIC(offset) (*(volatile word *)(0xFEE00000 + (offset)))
enum { ICR_LOW = 0x300, ICR_HIGH = 0x310, INIT = 0x4500, SIPI_AT_0x8000 = 0x4608 };

volatile word started;

static void outb(word port, byte value) { __asm__ volatile("outb %0, %w1" : : "a"(value), "Nd"(port)); }
static void outl(word port, word value) { __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port)); }
static byte inb(word port) { byte v; __asm__ volatile("inb %w1, %0" : "=a"(v) : "Nd"(port)); return v; }
static word inl(word port) { word v; __asm__ volatile("inl %w1, %0" : "=a"(v) : "Nd"(port)); return v; }

static void print(const char *text) {
  for (; *text; text++) {
    while (!(inb(LINE_STATUS) & TRANSMITTER_EMPTY)) { }
    outb(COM1, *text);
  }
}

static void number(word n) {
  char digits[] = {(char)('0' + n / 10), (char)('0' + n % 10), 0};
  print(n < 10 ? digits + 1 : digits);
}

/* A set of processors as Linux writes it: 0-2,5. */
static void list(const char *name, word set) {
  int first = 1;
  print(name);
  for (word from = 0; from < MOST; from++) {
    if (set >> from & 1) {
      word to = from;
      while (to + 1 < MOST && set >> (to + 1) & 1) to++;
      if (!first) print(",");
      number(from);
      if (to > from) { print("-"); number(to); }
      first = 0;
      from = to;
    }
  }
}

static word arch_id(word slot) {
  outl(HOTPLUG, slot);
  outb(COMMAND, ARCH_ID);
  return inl(DATA);
}

static void pause_for(word turns) {
  while (turns--) __asm__ volatile("pause");
}

static void send(word apic_id, word message) {
  APIC(ICR_HIGH) = apic_id << 24;
  APIC(ICR_LOW) = message;
  pause_for(10);
}

static void report(word possible, word present, word online) {
  list("THESPIS cpus possible=", possible);
  list(" present=", present);
  list(" online=", online);
  print("\n");
}

/* _OST for the selected slot. */
static void say(word event, word status) {
  outb(COMMAND, OST_EVENT);
  outl(DATA, event);
  outb(COMMAND, OST_STATUS);
  outl(DATA, status);
}

/* The slot is selected and its remove flag is set. */
static void let_go(word slot) {
  outb(FLAGS, REMOVING);
  outb(GPE0_STATUS, GPE_CPU);
  say(3, 0x84);
  send(arch_id(slot), INIT);
  outb(FLAGS, EJECT);
  say(3, 0);
}

/* The slot is selected and its insert flag is set. */
static void notice(void) {
  outb(FLAGS, INSERTING);
  outb(GPE0_STATUS, GPE_CPU);
  say(1, 0);
}

static void take(word slot) {
  word apic_id = arch_id(slot);
  word before = started;
  send(apic_id, INIT);
  send(apic_id, SIPI_AT_0x8000);
  if (started == before) send(apic_id, SIPI_AT_0x8000);
  while (started == before) __asm__ volatile("pause");
}

void boot(void) {
  word possible = 1, present = 1, online = 1;
  word unmarked = 0; /* came before the legacy bitmap was left, which marks nothing */
  outl(HOTPLUG, 0); /* leaves the legacy bitmap */
  for (word slot = 1; slot < MOST && arch_id(slot); slot++) {
    possible |= 1u << slot;
    if ((inb(FLAGS) & (ENABLED | INSERTING)) == ENABLED) unmarked |= 1u << slot;
  }
  print("THESPIS up tiny guest\n");
  report(possible, present, online);
  for (;;) {
    for (word slot = 1; slot < MOST && possible >> slot & 1; slot++) {
      outl(HOTPLUG, slot);
      byte flags = inb(FLAGS);
      if (flags & ENABLED && (flags & INSERTING || unmarked >> slot & 1)) {
        if (flags & INSERTING) notice();
        unmarked &= ~(1u << slot);
        present |= 1u << slot;
        take(slot);
        online |= 1u << slot;
        print("THESPIS cpu");
        number(slot);
        print(" online\n");
        report(possible, present, online);
      } else if ((flags & (ENABLED | REMOVING)) == (ENABLED | REMOVING)) {
        let_go(slot);
        present &= ~(1u << slot);
        online &= ~(1u << slot);
        report(possible, present, online);
      }
    }
    pause_for(100);
  }
}
