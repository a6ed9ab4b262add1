# The guest of the build's training run: 64-bit code of many kinds, over and over, so that a start finds the engine's
# classes in the AOT cache, and profiles of them. Entered as a Linux kernel is, with flat segments and memory mapped one
# to one. Says so on the first serial port and ends the machine by a write to isa-debug-exit at 0xF4.

	.set	SERIAL, 0x3F8
	.set	DEBUG_EXIT, 0xF4
	.set	ROUNDS, 3000

	.text
	.globl	_start
_start:
	cli
	mov	$stack, %esp
	mov	%cr4, %rax
	or	$0x600, %eax			# OSFXSR, OSXMMEXCPT
	mov	%rax, %cr4
	mov	%cr0, %rax
	and	$~0xC, %eax			# EM, TS
	or	$2, %eax			# MP
	mov	%rax, %cr0
	fninit
	mov	$handler, %eax			# vector 0x80 leads to the handler
	mov	%ax, idt + 0x800
	shr	$16, %eax
	mov	%ax, idt + 0x806
	mov	%cs, %ax
	mov	%ax, idt + 0x802
	lidt	idtr
	mov	$ROUNDS, %r15d

round:
	call	integers
	call	memory
	call	strings
	call	vectors
	call	x87
	test	$63, %r15d
	jnz	1f
	call	rare
1:	dec	%r15d
	jnz	round

	mov	$text, %esi
	mov	$SERIAL, %edx
2:	lodsb
	test	%al, %al
	jz	3f
	outb	%al, %dx
	jmp	2b
3:	mov	$0, %al
	outb	%al, $DEBUG_EXIT
	hlt

integers:
	mov	%r15, %rax
	lea	3(%rax, %rax, 4), %rbx
	add	%rax, %rbx
	adc	$7, %ebx
	sub	%eax, %ebx
	sbb	%edx, %edx
	imul	%rbx, %rax
	mul	%ebx
	or	$1, %ebx
	xor	%edx, %edx
	div	%ebx
	movzbl	%al, %ecx
	movsbq	%bl, %r8
	movslq	%ecx, %r9
	shl	$3, %ecx
	shr	%cl, %rbx
	sar	$2, %rbx
	rol	$5, %ebx
	bswap	%ebx
	not	%rbx
	neg	%rbx
	xchg	%rax, %rbx
	bt	$3, %eax
	setc	%cl
	cmovc	%rbx, %rax
	bsf	%rax, %rdx
	cmp	%rbx, %rax
	ja	1f
	jl	1f
	js	1f
	inc	%eax
1:	test	%eax, %eax
	je	2f
	xor	%ecx, %eax
2:	shld	$4, %rbx, %rax
	cltq
	cqto
	pushf
	pop	%rax
	mov	$next, %edx
	jmp	*%rdx
next:
	ret

memory:
	push	%rbp
	mov	%rsp, %rbp
	mov	$data, %edi
	mov	$16, %ecx
1:	mov	%rcx, (%rdi)
	add	%rcx, 8(%rdi)
	mov	16(%rdi), %rax
	addl	$3, 24(%rdi)
	cmpb	$5, 32(%rdi)
	movzwl	40(%rdi), %edx
	incl	48(%rdi)
	andl	$0x7F, 56(%rdi)
	movb	$1, 64(%rdi)
	lock xaddl %edx, 72(%rdi)
	lock cmpxchgl %edx, 80(%rdi)
	lock btsl $3, 88(%rdi)
	xchg	%rax, 96(%rdi)
	add	$4096, %rdi
	dec	%ecx
	jnz	1b
	pushq	data
	popq	data + 8
	call	*pointer
	leave
	ret

strings:
	mov	$data, %esi
	mov	$data + 0x8000, %edi
	mov	$512, %ecx
	rep movsq
	mov	$data, %edi
	mov	$300, %ecx
	xor	%eax, %eax
	rep stosb
	mov	$data, %edi
	mov	$100, %ecx
	mov	$1, %al
	repne scasb
	mov	$text, %esi
	mov	$data, %edi
	movsb
	ret

vectors:
	mov	$data, %edi
	movd	%r15d, %xmm0
	pshufd	$0, %xmm0, %xmm0
	movdqa	%xmm0, (%rdi)
	movdqu	4(%rdi), %xmm1
	paddd	%xmm1, %xmm0
	pxor	%xmm2, %xmm2
	punpcklbw %xmm2, %xmm0
	pcmpeqb	%xmm1, %xmm2
	pmovmskb %xmm2, %eax
	cvtsi2sd %r15, %xmm3
	mulsd	%xmm3, %xmm3
	addsd	%xmm3, %xmm3
	sqrtsd	%xmm3, %xmm3
	cvttsd2si %xmm3, %rax
	movups	%xmm3, 32(%rdi)
	ret

x87:
	fildll	data
	fld1
	faddp
	fstpl	data
	ret

# What the engine leaves to the interpreter, or must stop for.
rare:
	push	%rbx
	xor	%eax, %eax
	cpuid
	pop	%rbx
	rdtsc
	pause
	int	$0x80
	mov	%cr3, %rax
	mov	%rax, %cr3
	invlpg	data
	mov	%ds, %eax
	mov	%eax, %ds
	mov	$SERIAL + 5, %edx
	inb	%dx, %al
	sti
	nop
	cli
	movb	$0x90, patched			# over code that has run
	call	patched
	ret

handler:
	push	%rax
	pop	%rax
	iretq

pointer:
	.quad	next

	.data
text:	.asciz	"trained\n"
	.balign	8
idtr:	.word	0x81 * 16 - 1
	.quad	idt
patched:
	nop
	ret
	.balign	16
idt:	.fill	0x80 * 16, 1, 0
	.quad	0x00008E0000000000, 0

	.bss
	.balign	4096
data:	.skip	0x20000
	.skip	0x1000
stack:
