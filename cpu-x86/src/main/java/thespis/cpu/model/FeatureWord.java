package thespis.cpu.model;

import static thespis.cpu.model.FeatureWord.Where.EAX;
import static thespis.cpu.model.FeatureWord.Where.EBX;
import static thespis.cpu.model.FeatureWord.Where.ECX;
import static thespis.cpu.model.FeatureWord.Where.EDX;
import static thespis.cpu.model.FeatureWord.Where.MSR;

/// The registers in which a processor tells what it can do, one row each: CPUID words (leaf, sub-leaf, register) and
/// MSRs, with the name of each bit from bit 0 up; `21:ds` says that the next bit is 21. Names are QEMU 7.2's, order
/// too (it is the order of its warnings); the bits are those of SDM Vol. 2A "CPUID", AMD APM Vol. 3 "Obtaining
/// Processor Information Via the CPUID Instruction" and SDM Vol. 3D "VMX Capability Reporting Facility". The mask is
/// what QEMU 7.2's TCG supports of the word, unnamed bits included.
public enum FeatureWord {
  LEAF_1_EDX(0x1, -1, EDX, 0xfcbfbfdL,
      "fpu vme de pse tsc msr pae mce cx8 apic 11:sep mtrr pge mca cmov pat pse36 pn clflush 21:ds acpi mmx "
      + "fxsr sse sse2 ss ht tm ia64 pbe"),
  LEAF_1_ECX(0x1, -1, ECX, 0xf6d8320bL,
      "pni pclmulqdq dtes64 monitor ds-cpl vmx smx est tm2 ssse3 cid 12:fma cx16 xtpr pdcm 17:pcid dca sse4.1 "
      + "sse4.2 x2apic movbe popcnt tsc-deadline aes xsave 28:avx f16c rdrand hypervisor"),
  LEAF_7_0_EBX(0x7, 0, EBX, 0x1d843a9L,
      "fsgsbase tsc-adjust sgx bmi1 hle avx2 7:smep bmi2 erms invpcid rtm 14:mpx 16:avx512f avx512dq rdseed adx "
      + "smap avx512ifma pcommit clflushopt clwb intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl"),
  LEAF_7_0_ECX(0x7, 0, ECX, 0x8001020cL,
      "1:avx512vbmi umip pku 5:waitpkg avx512vbmi2 8:gfni vaes vpclmulqdq avx512vnni avx512bitalg "
      + "14:avx512-vpopcntdq 16:la57 22:rdpid 24:bus-lock-detect cldemote 27:movdiri movdir64b 30:sgxlc pks"),
  LEAF_7_0_EDX(0x7, 0, EDX, 0,
      "2:avx512-4vnniw avx512-4fmaps fsrm 8:avx512-vp2intersect 10:md-clear 14:serialize 16:tsx-ldtrk "
      + "19:arch-lbr 22:amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl stibp 29:arch-capabilities "
      + "core-capability ssbd"),
  LEAF_7_1_EAX(0x7, 1, EAX, 0,
      "4:avx-vnni avx512-bf16"),
  LEAF_8000_0001_EDX(0x80000001, -1, EDX, 0xedd3fbfdL,
      "11:syscall 20:nx 22:mmxext 25:fxsr-opt pdpe1gb rdtscp 29:lm 3dnowext 3dnow"),
  LEAF_8000_0001_ECX(0x80000001, -1, ECX, 0x75L,
      "lahf-lm cmp-legacy svm extapic cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt "
      + "15:lwp fma4 tce 19:nodeid-msr 21:tbm topoext perfctr-core perfctr-nb"),
  LEAF_8000_0007_EDX(0x80000007, -1, EDX, 0,
      "8:invtsc"),
  LEAF_8000_0008_EBX(0x80000008, -1, EBX, 0,
      "clzero 2:xsaveerptr 9:wbnoinvd 12:ibpb 14:ibrs amd-stibp 24:amd-ssbd virt-ssbd amd-no-ssb"),
  LEAF_C000_0001_EDX(0xc0000001, -1, EDX, 0,
      "2:xstore xstore-en 6:xcrypt xcrypt-en ace2 ace2-en phe phe-en pmm pmm-en"),
  KVM(0x40000001, -1, EAX, 0,
      "kvmclock kvm-nopiodelay kvm-mmu kvmclock kvm-asyncpf kvm-steal-time kvm-pv-eoi kvm-pv-unhalt "
      + "9:kvm-pv-tlb-flush 11:kvm-pv-ipi kvm-poll-control kvm-pv-sched-yield kvm-asyncpf-int kvm-msi-ext-dest-id "
      + "24:kvmclock-stable-bit"),
  KVM_HINTS(0x40000001, -1, EDX, 0,
      "kvm-hint-dedicated"),
  SVM(0x8000000a, -1, EDX, 0x10010001L,
      "npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists 10:pause-filter "
      + "12:pfthreshold avic 15:v-vmsave-vmload vgif 28:svme-addr-chk"),
  XSAVE(0xd, 1, EAX, 0x5L,
      "xsaveopt xsavec xgetbv1 xsaves xfd"),
  LEAF_6_EAX(0x6, -1, EAX, 0x4L,
      "2:arat"),
  XSAVE_XCR0_LO(0xd, 0, EAX, 0xffffffffL,
      ""),
  XSAVE_XCR0_HI(0xd, 0, EDX, 0xffffffffL,
      ""),
  ARCH_CAPABILITIES(MSR, 0x10a, 0,
      "rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no pschange-mc-no tsx-ctrl taa-no"),
  CORE_CAPABILITY(MSR, 0xcf, 0,
      "5:split-lock-detect"),
  PERF_CAPABILITIES(MSR, 0x345, 0,
      "13:full-width-write"),
  VMX_PROCBASED_CTLS(MSR, 0x48e, 0,
      "2:vmx-vintr-pending vmx-tsc-offset 7:vmx-hlt-exit 9:vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit "
      + "vmx-rdtsc-exit 15:vmx-cr3-load-noexit vmx-cr3-store-noexit 19:vmx-cr8-load-exit vmx-cr8-store-exit "
      + "vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap 27:vmx-mtf vmx-msr-bitmap "
      + "vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls"),
  VMX_SECONDARY_CTLS(MSR, 0x48b, 0,
      "vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit "
      + "vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-ple vmx-rdrand-exit vmx-invpcid-exit "
      + "vmx-vmfunc vmx-shadow-vmcs vmx-encls-exit vmx-rdseed-exit vmx-pml 20:vmx-xsaves 25:vmx-tsc-scaling"),
  VMX_PINBASED_CTLS(MSR, 0x48d, 0,
      "vmx-intr-exit 3:vmx-nmi-exit 5:vmx-vnmi vmx-preemption-timer vmx-posted-intr"),
  VMX_EXIT_CTLS(MSR, 0x48f, 0,
      "2:vmx-exit-nosave-debugctl 12:vmx-exit-load-perf-global-ctrl 15:vmx-exit-ack-intr 18:vmx-exit-save-pat "
      + "vmx-exit-load-pat vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer "
      + "vmx-exit-clear-bndcfgs 25:vmx-exit-clear-rtit-ctl 29:vmx-exit-load-pkrs"),
  VMX_ENTRY_CTLS(MSR, 0x490, 0,
      "2:vmx-entry-noload-debugctl 9:vmx-entry-ia32e-mode 13:vmx-entry-load-perf-global-ctrl vmx-entry-load-pat "
      + "vmx-entry-load-efer vmx-entry-load-bndcfgs 18:vmx-entry-load-rtit-ctl 22:vmx-entry-load-pkrs"),
  VMX_MISC(MSR, 0x485, 0,
      "5:vmx-store-lma vmx-activity-hlt vmx-activity-shutdown vmx-activity-wait-sipi "
      + "29:vmx-vmwrite-vmexit-fields vmx-zero-len-inject"),
  VMX_EPT_VPID_CAPS(MSR, 0x48c, 0,
      "vmx-ept-execonly 6:vmx-page-walk-4 vmx-page-walk-5 16:vmx-ept-2mb vmx-ept-1gb 20:vmx-invept vmx-eptad "
      + "vmx-ept-advanced-exitinfo 25:vmx-invept-single-context vmx-invept-all-context 32:vmx-invvpid "
      + "40:vmx-invvpid-single-addr vmx-invept-single-context vmx-invvpid-all-context "
      + "vmx-invept-single-context-noglobals"),
  VMX_BASIC(MSR, 0x480, 0,
      "54:vmx-ins-outs vmx-true-ctls"),
  VMX_VMFUNC(MSR, 0x491, 0,
      "vmx-eptp-switching"),
  LEAF_14_0_ECX(0x14, 0, ECX, 0,
      "31:intel-pt-lip"),
  SGX_12_0_EAX(0x12, 0, EAX, 0,
      "sgx1 sgx2"),
  SGX_12_0_EBX(0x12, 0, EBX, 0,
      "sgx-exinfo"),
  SGX_12_1_EAX(0x12, 1, EAX, 0,
      "1:sgx-debug sgx-mode64 4:sgx-provisionkey sgx-tokenkey 7:sgx-kss"),
  XSAVE_XSS_LO(0xd, 1, ECX, 0,
      ""),
  XSAVE_XSS_HI(0xd, 1, EDX, 0,
      "");

  /// Where the word is found.
  enum Where { EAX, EBX, ECX, EDX, MSR }

  /// CPUID leaf or number of the MSR.
  public final int index;

  /// Sub-leaf, -1 if the leaf has none.
  public final int subleaf;

  final Where where;
  final long tcg;
  private final String[] names = new String[64];

  FeatureWord(int leaf, int subleaf, Where register, long tcg, String layout) {
    this.index = leaf;
    this.subleaf = subleaf;
    this.where = register;
    this.tcg = tcg;
    int bit = 0;
    for (String token : layout.isEmpty() ? new String[0] : layout.split(" ")) {
      int colon = token.indexOf(':');
      bit = colon < 0 ? bit : Integer.parseInt(token.substring(0, colon));
      names[bit++] = token.substring(colon + 1);
    }
  }

  FeatureWord(Where msr, int index, long tcg, String layout) {
    this(index, -1, msr, tcg, layout);
  }

  public boolean isCpuid() {
    return where != MSR;
  }

  /// `EAX` to `EDX`; `MSR` for a word that is one.
  public String register() {
    return where.name();
  }

  /// Name of a bit, null if it has none.
  public String flag(int bit) {
    return names[bit];
  }

  /// As in a warning: `CPUID.07H:EBX`, `MSR(345H)`.
  public String label() {
    return where == MSR ? String.format("MSR(%02XH)", index) : String.format("CPUID.%02XH:%s", index, where);
  }

  /// Flags of this word that `-cpu max` leaves off unless asked for.
  long notByItself() {
    return switch (this) {
      case LEAF_8000_0001_ECX -> 1L << 22; // topoext: the core numbering it promises may not fit the topology
      case KVM_HINTS -> -1L; // hints need to be true of the host
      case VMX_BASIC -> 1L << 49;
      default -> 0;
    };
  }

  /// Flags of this word that no other host can be trusted to have: off in `max` while it is to be migratable.
  long notMigratable() {
    return this == LEAF_8000_0007_EDX ? 1L << 8 : 0;
  }

  /// By bit; null where there is none.
  String[] names() {
    return names;
  }
}
