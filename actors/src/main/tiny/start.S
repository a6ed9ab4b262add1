# Entry points of the tiny guest. It starts by the PVH boot ABI: 32-bit protected mode, flat segments, no paging.
    .section .note.pvh, "a", @note
    .long 4, 4, 18                  # name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long start

    .text
    .code32
    .globl start
start:
    cli
    lgdt gdt_pointer
    ljmp $8, $1f
1:  movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $boot_stack_end, %esp
    movl $trampoline, %esi          # a SIPI starts a processor on a page below 1 MiB
    movl $0x8000, %edi
    movl $trampoline_end - trampoline, %ecx
    cld
    rep movsb
    call boot
2:  hlt
    jmp 2b

# Runs at 0x8000, in real mode, on the processor that was started; one at a time.
    .code16
trampoline:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    lgdtl 0x8000 + (trampoline_gdt - trampoline)
    movl %cr0, %eax
    orl $1, %eax
    movl %eax, %cr0
    ljmpl $8, $added
trampoline_gdt:
    .word 23
    .long gdt
trampoline_end:

    .code32
added:
    movw $16, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $added_stack_end, %esp
    lock incl started
3:  hlt
    jmp 3b

    .data
    .balign 8
gdt:
    .quad 0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF
gdt_pointer:
    .word 23
    .long gdt

    .bss
    .balign 16
    .skip 4096
boot_stack_end:
    .skip 1024
added_stack_end:
