;; Search and skim over bytes, 16 at a time. Compiled into wasmCode.ts; bytesJs.ts does the same without SIMD, and says what each means.
(module
  (memory (export "memory") 1)

  (global $tables (mut i32) (i32.const 0))
  ;; Where picked bytes are put next, and where there is no more room for them.
  (global $out (mut i32) (i32.const 0))
  (global $outEnd (mut i32) (i32.const 0))
  ;; A state of jsonTables.ts; 62: in a string; 63: in a key.
  (global $state (mut i32) (i32.const 0))
  ;; Inside a string: 1 behind a backslash; 2 to 5 before the last to the fourth-last digit of \uXXXX; else 0.
  (global $escape (mut i32) (i32.const 0))
  ;; How many objects and arrays are open.
  (global $depth (mut i32) (i32.const 0))
  ;; What the last key leads to, until its value begins.
  (global $target (mut i32) (i32.const 0))
  ;; The depth of the value that is being picked, or -1; where its place is noted; where the key at hand began.
  (global $pickDepth (mut i32) (i32.const -1))
  (global $field (mut i32) (i32.const 0))
  (global $key (mut i32) (i32.const 0))
  ;; Where a line's picked bytes begin; what `next` looks for, and in which bytes: see `setup` and `seek`.
  (global $outStart (mut i32) (i32.const 0))
  (global $needles (mut i32) (i32.const 0))
  (global $needlesEnd (mut i32) (i32.const 0))
  (global $from (mut i32) (i32.const 0))
  (global $to (mut i32) (i32.const 0))

  ;; Whether the two bytes of the needle stand where they would if it began at one of the 16 positions from $p.
  (func $pair (param $p i32) (param $a i32) (param $b i32) (param $va v128) (param $vb v128) (result v128)
    (v128.and
      (i8x16.eq (v128.load (i32.add (local.get $p) (local.get $a))) (local.get $va))
      (i8x16.eq (v128.load (i32.add (local.get $p) (local.get $b))) (local.get $vb))))

  (func $equal (param $p i32) (param $q i32) (param $length i32) (result i32)
    (local $i i32)
    (loop $next
      (if (i32.ge_u (local.get $i) (local.get $length)) (then (return (i32.const 1))))
      (if (i32.ne (i32.load8_u (i32.add (local.get $p) (local.get $i))) (i32.load8_u (i32.add (local.get $q) (local.get $i))))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; The first place in [from, to) where the needle lies whole, or -1. $a and $b: places of its two rarest bytes in it.
  (func $find (param $from i32) (param $to i32) (param $needle i32) (param $length i32) (param $a i32) (param $b i32) (result i32)
    (local $p i32) (local $end i32) (local $mask i32) (local $hit i32) (local $va v128) (local $vb v128)
    (local.set $p (local.get $from))
    (local.set $end (i32.sub (local.get $to) (i32.sub (local.get $length) (i32.const 1))))
    (local.set $va (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $a)))))
    (local.set $vb (i8x16.splat (i32.load8_u (i32.add (local.get $needle) (local.get $b)))))
    (loop $next
      (if (i32.ge_s (local.get $p) (local.get $end)) (then (return (i32.const -1))))
      ;; 64 places at once as long as there is nothing.
      (if (i32.le_s (i32.add (local.get $p) (i32.const 64)) (local.get $end))
        (then
          (if (i32.eqz (v128.any_true (v128.or
              (v128.or
                (call $pair (local.get $p) (local.get $a) (local.get $b) (local.get $va) (local.get $vb))
                (call $pair (i32.add (local.get $p) (i32.const 16)) (local.get $a) (local.get $b) (local.get $va) (local.get $vb)))
              (v128.or
                (call $pair (i32.add (local.get $p) (i32.const 32)) (local.get $a) (local.get $b) (local.get $va) (local.get $vb))
                (call $pair (i32.add (local.get $p) (i32.const 48)) (local.get $a) (local.get $b) (local.get $va) (local.get $vb))))))
            (then
              (local.set $p (i32.add (local.get $p) (i32.const 64)))
              (br $next)))))
      (local.set $mask (i8x16.bitmask (call $pair (local.get $p) (local.get $a) (local.get $b) (local.get $va) (local.get $vb))))
      (block $none
        (loop $hits
          (br_if $none (i32.eqz (local.get $mask)))
          (local.set $hit (i32.add (local.get $p) (i32.ctz (local.get $mask))))
          (if (i32.ge_s (local.get $hit) (local.get $end)) (then (return (i32.const -1))))
          (if (call $equal (local.get $hit) (local.get $needle) (local.get $length)) (then (return (local.get $hit))))
          (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
          (br $hits)))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br $next))
    (unreachable))

  (func $newlines (param $p i32) (result i32)
    (i8x16.bitmask (i8x16.eq (v128.load (local.get $p)) (i8x16.splat (i32.const 10)))))

  ;; Behind the last newline in [from, at), or from.
  (func $lineStart (export "lineStart") (param $from i32) (param $at i32) (result i32)
    (local $p i32) (local $mask i32)
    (local.set $p (local.get $at))
    (loop $next
      (if (i32.lt_s (i32.sub (local.get $p) (i32.const 16)) (local.get $from))
        (then ;; the last few one by one, as there may be nothing before them
          (loop $one
            (if (i32.le_s (local.get $p) (local.get $from)) (then (return (local.get $from))))
            (if (i32.eq (i32.load8_u (i32.sub (local.get $p) (i32.const 1))) (i32.const 10)) (then (return (local.get $p))))
            (local.set $p (i32.sub (local.get $p) (i32.const 1)))
            (br $one))))
      (local.set $p (i32.sub (local.get $p) (i32.const 16)))
      (local.set $mask (call $newlines (local.get $p)))
      (if (local.get $mask) (then (return (i32.sub (i32.add (local.get $p) (i32.const 32)) (i32.clz (local.get $mask))))))
      (br $next))
    (unreachable))

  ;; The first newline in [at, to), or to.
  (func $lineEnd (export "lineEnd") (param $at i32) (param $to i32) (result i32)
    (local $mask i32) (local $hit i32)
    (loop $next
      (if (i32.ge_s (local.get $at) (local.get $to)) (then (return (local.get $to))))
      (local.set $mask (call $newlines (local.get $at)))
      (if (local.get $mask)
        (then
          (local.set $hit (i32.add (local.get $at) (i32.ctz (local.get $mask))))
          (return (select (local.get $hit) (local.get $to) (i32.lt_s (local.get $hit) (local.get $to))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next))
    (unreachable))

  ;; Whether [from, to) is what was last seen under $memo, of 256 bytes: a length, and from the 16th on the bytes. Keeps it if it is not.
  (func (export "same") (param $memo i32) (param $from i32) (param $to i32) (result i32)
    (local $length i32) (local $i i32) (local $mask i32)
    (local.set $length (i32.sub (local.get $to) (local.get $from)))
    (block $other
      (br_if $other (i32.ne (i32.load (local.get $memo)) (local.get $length)))
      (loop $next
        (if (i32.ge_s (local.get $i) (local.get $length)) (then (return (i32.const 1))))
        (local.set $mask (i8x16.bitmask (i8x16.ne
          (v128.load offset=16 (i32.add (local.get $memo) (local.get $i)))
          (v128.load (i32.add (local.get $from) (local.get $i))))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        ;; bytes behind the end do not count
        (if (i32.gt_s (local.get $i) (local.get $length))
          (then (local.set $mask (i32.and (local.get $mask) (i32.shr_u (i32.const 0xffff) (i32.sub (local.get $i) (local.get $length)))))))
        (br_if $next (i32.eqz (local.get $mask)))))
    (i32.store (local.get $memo) (i32.const -1))
    (if (i32.gt_u (local.get $length) (i32.const 240)) (then (return (i32.const 0))))
    (i32.store (local.get $memo) (local.get $length))
    (memory.copy (i32.add (local.get $memo) (i32.const 16)) (local.get $from) (local.get $length))
    (i32.const 0))

  ;; Whether a byte may follow a backslash: " \ / b f n r t, and u.
  (func $escapes (param $c i32) (result i32)
    (if (result i32) (i32.or (i32.eq (local.get $c) (i32.const 0x22)) (i32.eq (local.get $c) (i32.const 0x2f)))
      (then (i32.const 1))
      (else
        (i32.and
          (i32.lt_u (i32.sub (local.get $c) (i32.const 0x5c)) (i32.const 32))
          ;; bits from "\" (0x5c): \ b f n r t u
          (i32.shr_u (i32.const 0x03440441) (i32.sub (local.get $c) (i32.const 0x5c)))))))

  (func $isHex (param $c i32) (result i32)
    (i32.or
      (i32.lt_u (i32.sub (local.get $c) (i32.const 0x30)) (i32.const 10))
      (i32.lt_u (i32.sub (i32.or (local.get $c) (i32.const 0x20)) (i32.const 0x61)) (i32.const 6))))

  ;; $tables: the first of the tables in jsonTables.ts; $out to $outEnd: room for what is picked of a line; $needles to $needlesEnd: of each
  ;; marker, 20 bytes each, its place, its length, the places of its two rarest bytes in it, and room for where it is found next.
  (func (export "setup") (param $tables i32) (param $out i32) (param $outEnd i32) (param $needles i32) (param $needlesEnd i32)
    (global.set $tables (local.get $tables))
    (global.set $outStart (local.get $out))
    (global.set $outEnd (local.get $outEnd))
    (global.set $needles (local.get $needles))
    (global.set $needlesEnd (local.get $needlesEnd)))

  ;; Begins a line.
  (func $begin (export "begin")
    (global.set $out (global.get $outStart))
    (memory.fill (i32.add (global.get $tables) (i32.const 8192)) (i32.const 0) (i32.const 1024))
    (global.set $state (i32.const 0))
    (global.set $escape (i32.const 0))
    (global.set $depth (i32.const 0))
    (global.set $target (i32.const 128))
    (global.set $pickDepth (i32.const -1)))

  ;; Whether the line that was taken is JSON: one value, and it has ended.
  (func $whole (export "whole") (result i32)
    (i32.and (i32.eq (global.get $state) (i32.const 2)) (i32.eqz (global.get $depth))))

  ;; What a key of the object at hand leads to: a field, 128 and more: an object with fields; 127: neither.
  (func $lookUp (param $node i32) (param $key i32) (param $length i32) (result i32)
    (local $entry i32)
    (local.set $entry (i32.add (global.get $tables) (i32.load16_u (i32.add (global.get $tables) (i32.add (i32.const 2048) (i32.shl (local.get $node) (i32.const 1)))))))
    (loop $next
      (if (i32.eqz (i32.load8_u (local.get $entry))) (then (return (i32.const 127))))
      (if (i32.eq (i32.load8_u (local.get $entry)) (local.get $length))
        (then
          (if (call $equal (local.get $key) (i32.add (local.get $entry) (i32.const 2)) (local.get $length))
            (then (return (i32.load8_u (i32.add (local.get $entry) (i32.const 1))))))))
      (local.set $entry (i32.add (local.get $entry) (i32.add (i32.const 2) (i32.load8_u (local.get $entry)))))
      (br $next))
    (unreachable))

  ;; A value begins: from here on it is picked if its key led to a field.
  (func $beginValue (param $out i32)
    (if (i32.and (i32.lt_s (global.get $pickDepth) (i32.const 0)) (i32.lt_u (global.get $target) (i32.const 127)))
      (then
        (global.set $pickDepth (global.get $depth))
        (global.set $field (i32.add (i32.add (global.get $tables) (i32.const 8192)) (i32.shl (global.get $target) (i32.const 3))))
        (i32.store (global.get $field) (local.get $out)))))

  (func $endValue (param $out i32)
    (if (i32.eq (global.get $pickDepth) (global.get $depth))
      (then
        (i32.store offset=4 (global.get $field) (local.get $out))
        (global.set $pickDepth (i32.const -1))))
    (global.set $target (i32.const 127)))

  (func $push (param $kind i32)
    (i32.store8 (i32.add (i32.add (global.get $tables) (i32.const 9216)) (global.get $depth)) (local.get $kind))
    (global.set $depth (i32.add (global.get $depth) (i32.const 1))))

  ;; What the byte at hand is in: 0: an array; 1: an object without fields; 2 and more: one with fields; -1: nothing.
  (func $kind (result i32)
    (if (result i32) (global.get $depth)
      (then (i32.load8_u (i32.add (i32.add (global.get $tables) (i32.const 9215)) (global.get $depth))))
      (else (i32.const -1))))

  ;; Which of 16 bytes are quotes, backslashes or control characters.
  (func $special (param $bytes v128) (result i32)
    (i8x16.bitmask (v128.or
      (i8x16.lt_u (local.get $bytes) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
      (v128.or
        (i8x16.eq (local.get $bytes) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34))
        (i8x16.eq (local.get $bytes) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92))))))

  ;; Goes on with a line of JSON. 1: all taken; 0: it is no JSON; 2: no more room for what is picked, or too deep.
  (func $take (export "take") (param $p i32) (param $to i32) (result i32)
    (local $c i32) (local $n i32) (local $bytes v128) (local $state i32) (local $next i32) (local $out i32) (local $copy i32) (local $kind i32)
    (local.set $state (global.get $state))
    (local.set $out (global.get $out))
    (block $stop (result i32)
      (loop $go
        (drop (br_if $stop (i32.const 1) (i32.ge_s (local.get $p) (local.get $to))))
        (drop (br_if $stop (i32.const 2) (i32.ge_s (local.get $out) (global.get $outEnd))))

        ;; Inside a string, or a key.
        (if (i32.ge_u (local.get $state) (i32.const 62))
          (then
            (local.set $copy (i32.or (i32.eq (local.get $state) (i32.const 63)) (i32.ge_s (global.get $pickDepth) (i32.const 0))))
            (if (global.get $escape)
              (then
                (local.set $c (i32.load8_u (local.get $p)))
                (if (i32.eq (global.get $escape) (i32.const 1))
                  (then
                    (drop (br_if $stop (i32.const 0) (i32.eqz (call $escapes (local.get $c)))))
                    (global.set $escape (select (i32.const 5) (i32.const 0) (i32.eq (local.get $c) (i32.const 0x75)))))
                  (else
                    (drop (br_if $stop (i32.const 0) (i32.eqz (call $isHex (local.get $c)))))
                    (global.set $escape (select (i32.const 0) (i32.sub (global.get $escape) (i32.const 1)) (i32.eq (global.get $escape) (i32.const 2))))))
                (i32.store8 (local.get $out) (local.get $c))
                (local.set $out (i32.add (local.get $out) (local.get $copy)))
                (local.set $p (i32.add (local.get $p) (i32.const 1)))
                (br $go)))
            ;; A string that is not picked, as far as it is plain or simply escaped.
            (if (i32.eqz (local.get $copy))
              (then
                (loop $skip
                  (if (i32.lt_s (i32.add (local.get $p) (i32.const 17)) (local.get $to))
                    (then
                      (local.set $n (call $special (v128.load (local.get $p))))
                      (if (i32.eqz (local.get $n))
                        (then
                          (local.set $p (i32.add (local.get $p) (i32.const 16)))
                          (br $skip)))
                      (local.set $p (i32.add (local.get $p) (i32.ctz (local.get $n))))
                      (local.set $c (i32.load8_u (local.get $p)))
                      (if (i32.eq (local.get $c) (i32.const 0x22))
                        (then
                          (local.set $p (i32.add (local.get $p) (i32.const 1)))
                          (global.set $target (i32.const 127))
                          (local.set $state (i32.const 2))
                          (br $go)))
                      (if (i32.eq (local.get $c) (i32.const 0x5c))
                        (then
                          (local.set $c (i32.load8_u offset=1 (local.get $p)))
                          (if (i32.and (i32.ne (local.get $c) (i32.const 0x75)) (call $escapes (local.get $c)))
                            (then
                              (local.set $p (i32.add (local.get $p) (i32.const 2)))
                              (br $skip))))))))))
            ;; Up to the next quote, backslash or control character.
            (local.set $bytes (v128.load (local.get $p)))
            (local.set $n (i32.ctz (i32.or (i32.const 0x10000) (call $special (local.get $bytes)))))
            (if (i32.gt_s (i32.add (local.get $p) (local.get $n)) (local.get $to))
              (then (local.set $n (i32.sub (local.get $to) (local.get $p)))))
            (if (local.get $copy)
              (then
                (v128.store (local.get $out) (local.get $bytes))
                (local.set $out (i32.add (local.get $out) (local.get $n)))))
            (local.set $p (i32.add (local.get $p) (local.get $n)))
            (br_if $go (i32.or (i32.eq (local.get $n) (i32.const 16)) (i32.ge_s (local.get $p) (local.get $to))))
            (local.set $c (i32.load8_u (local.get $p)))
            (drop (br_if $stop (i32.const 0) (i32.lt_u (local.get $c) (i32.const 0x20))))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (if (i32.and (i32.eq (local.get $c) (i32.const 0x22)) (i32.eq (local.get $state) (i32.const 63)))
              (then ;; the key has ended
                (local.set $kind (call $kind))
                (global.set $target (i32.const 127))
                (if (i32.and (i32.ge_s (local.get $kind) (i32.const 2)) (i32.lt_s (global.get $pickDepth) (i32.const 0)))
                  (then (global.set $target (call $lookUp (i32.sub (local.get $kind) (i32.const 2)) (global.get $key) (i32.sub (local.get $out) (global.get $key))))))
                (if (i32.lt_s (global.get $pickDepth) (i32.const 0))
                  (then (local.set $out (global.get $key)))
                  (else
                    (i32.store8 (local.get $out) (local.get $c))
                    (local.set $out (i32.add (local.get $out) (i32.const 1)))))
                (local.set $state (i32.const 5))
                (br $go)))
            (i32.store8 (local.get $out) (local.get $c))
            (local.set $out (i32.add (local.get $out) (local.get $copy)))
            (if (i32.eq (local.get $c) (i32.const 0x22))
              (then
                (call $endValue (local.get $out))
                (local.set $state (i32.const 2)))
              (else (global.set $escape (i32.const 1))))
            (br $go)))

        ;; Outside of strings: by the tables.
        (local.set $c (i32.load8_u (local.get $p)))
        (local.set $next (i32.load8_u offset=256 (i32.add (global.get $tables)
          (i32.or (i32.shl (local.get $state) (i32.const 5)) (i32.load8_u (i32.add (global.get $tables) (local.get $c)))))))
        (if (i32.ge_u (local.get $next) (i32.const 64))
          (then
            (local.set $kind (call $kind))
            (block $done
            (block $space (block $comma (block $closeArray (block $closeObject (block $literalEnd (block $array (block $object (block $key (block $string (block $scalar (block $error
              (br_table $error $scalar $string $key $object $array $literalEnd $closeObject $closeArray $comma $space (i32.sub (local.get $next) (i32.const 64))))
              (br $stop (i32.const 0)))
              ;; $scalar: what it is, the second table of the state says
              (call $beginValue (local.get $out))
              (local.set $state (i32.load8_u offset=2176 (i32.add (global.get $tables) (i32.load8_u (i32.add (global.get $tables) (local.get $c))))))
              (br $done))
              ;; $string
              (call $beginValue (local.get $out))
              (local.set $state (i32.const 62))
              (br $done))
              ;; $key: collected at the end of what was picked
              (local.set $state (i32.const 63))
              (br_if $done (i32.ge_s (global.get $pickDepth) (i32.const 0)))
              (local.set $p (i32.add (local.get $p) (i32.const 1)))
              (global.set $key (local.get $out))
              (br_if $go (i32.ge_s (i32.add (local.get $p) (i32.const 17)) (local.get $to)))
              ;; A short one that is all there is looked up where it stands, and its colon taken too.
              (local.set $n (i32.ctz (i32.or (i32.const 0x10000) (call $special (v128.load (local.get $p))))))
              (local.set $next (i32.add (local.get $p) (local.get $n)))
              (br_if $go (i32.or (i32.eq (local.get $n) (i32.const 16)) (i32.ne (i32.load8_u (local.get $next)) (i32.const 0x22))))
              (global.set $target (i32.const 127))
              (if (i32.ge_s (local.get $kind) (i32.const 2))
                (then (global.set $target (call $lookUp (i32.sub (local.get $kind) (i32.const 2)) (local.get $p) (local.get $n)))))
              (local.set $n (i32.eq (i32.load8_u offset=1 (local.get $next)) (i32.const 0x3a)))
              (local.set $p (i32.add (i32.add (local.get $next) (i32.const 1)) (local.get $n)))
              (local.set $state (select (i32.const 0) (i32.const 5) (local.get $n)))
              (br $go))
              ;; $object
              (drop (br_if $stop (i32.const 2) (i32.ge_u (global.get $depth) (i32.const 4000))))
              (call $beginValue (local.get $out))
              (call $push (select (i32.sub (global.get $target) (i32.const 126)) (i32.const 1) (i32.and
                (i32.ge_u (global.get $target) (i32.const 128)) (i32.lt_s (global.get $pickDepth) (i32.const 0)))))
              (global.set $target (i32.const 127))
              (local.set $state (i32.const 3))
              (br $done))
              ;; $array
              (drop (br_if $stop (i32.const 2) (i32.ge_u (global.get $depth) (i32.const 4000))))
              (call $beginValue (local.get $out))
              (call $push (i32.const 0))
              (global.set $target (i32.const 127))
              (local.set $state (i32.const 1))
              (br $done))
              ;; $literalEnd
              (i32.store8 (local.get $out) (local.get $c))
              (local.set $out (i32.add (local.get $out) (i32.ge_s (global.get $pickDepth) (i32.const 0))))
              (local.set $p (i32.add (local.get $p) (i32.const 1)))
              (call $endValue (local.get $out))
              (local.set $state (i32.const 2))
              (br $go))
              ;; $closeObject
              (drop (br_if $stop (i32.const 0) (i32.le_s (local.get $kind) (i32.const 0))))
              (local.set $kind (i32.const 0))
              (br $closeArray))
              ;; $closeArray: kind is 0 here for an object too
              (drop (br_if $stop (i32.const 0) (i32.ne (local.get $kind) (i32.const 0))))
              (if (i32.ne (local.get $state) (i32.const 2)) (then (call $endValue (local.get $out))))
              (i32.store8 (local.get $out) (local.get $c))
              (local.set $out (i32.add (local.get $out) (i32.ge_s (global.get $pickDepth) (i32.const 0))))
              (local.set $p (i32.add (local.get $p) (i32.const 1)))
              (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
              (call $endValue (local.get $out))
              (local.set $state (i32.const 2))
              (br $go))
              ;; $comma
              (drop (br_if $stop (i32.const 0) (i32.lt_s (local.get $kind) (i32.const 0))))
              (if (i32.ne (local.get $state) (i32.const 2)) (then (call $endValue (local.get $out))))
              (local.set $state (select (i32.const 4) (i32.const 0) (local.get $kind)))
              (br $done))
              ;; $space behind a number
              (call $endValue (local.get $out))
              (local.set $state (i32.const 2))))
          (else (local.set $state (local.get $next))))
        (i32.store8 (local.get $out) (local.get $c))
        (local.set $out (i32.add (local.get $out) (i32.ge_s (global.get $pickDepth) (i32.const 0))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $go))
      (unreachable))
    (global.set $state (local.get $state))
    (global.set $out (local.get $out)))

  ;; Where a marker is found first in [$from, the end of what is searched), or -1.
  (func $findNext (param $needle i32) (param $from i32)
    (i32.store offset=16 (local.get $needle) (call $find (local.get $from) (global.get $to)
      (i32.load (local.get $needle)) (i32.load offset=4 (local.get $needle)) (i32.load offset=8 (local.get $needle)) (i32.load offset=12 (local.get $needle)))))

  ;; Whether a whole marker lies in [$from, $to).
  (func (export "marked") (param $from i32) (param $to i32) (result i32)
    (local $needle i32)
    (global.set $to (local.get $to))
    (local.set $needle (global.get $needles))
    (loop $each
      (call $findNext (local.get $needle) (local.get $from))
      (if (i32.ne (i32.load offset=16 (local.get $needle)) (i32.const -1)) (then (return (i32.const 1))))
      (local.set $needle (i32.add (local.get $needle) (i32.const 20)))
      (br_if $each (i32.lt_u (local.get $needle) (global.get $needlesEnd))))
    (i32.const 0))

  ;; Begins a search for lines in [$from, $to): `next` then takes one after the other.
  (func (export "seek") (param $from i32) (param $to i32)
    (local $needle i32)
    (global.set $from (local.get $from))
    (global.set $to (local.get $to))
    (local.set $needle (global.get $needles))
    (loop $each
      (call $findNext (local.get $needle) (local.get $from))
      (local.set $needle (i32.add (local.get $needle) (i32.const 20)))
      (br_if $each (i32.lt_u (local.get $needle) (global.get $needlesEnd)))))

  ;; Takes the next line that holds a marker. 0: there is none; 1: it is no JSON; 2: it is.
  (func (export "next") (result i32)
    (local $needle i32) (local $hit i32) (local $end i32) (local $json i32)
    (local.set $hit (i32.const -1))
    (local.set $needle (global.get $needles))
    (loop $each ;; as unsigned numbers, -1 is greater than every place
      (if (i32.lt_u (i32.load offset=16 (local.get $needle)) (local.get $hit))
        (then (local.set $hit (i32.load offset=16 (local.get $needle)))))
      (local.set $needle (i32.add (local.get $needle) (i32.const 20)))
      (br_if $each (i32.lt_u (local.get $needle) (global.get $needlesEnd))))
    (if (i32.eq (local.get $hit) (i32.const -1)) (then (return (i32.const 0))))
    (local.set $end (call $lineEnd (local.get $hit) (global.get $to)))
    (call $begin)
    (local.set $json (i32.const 1))
    (if (i32.eq (call $take (call $lineStart (global.get $from) (local.get $hit)) (local.get $end)) (i32.const 1))
      (then (local.set $json (i32.add (i32.const 1) (call $whole)))))
    (local.set $needle (global.get $needles))
    (loop $each
      (if (i32.lt_u (i32.load offset=16 (local.get $needle)) (local.get $end))
        (then (call $findNext (local.get $needle) (local.get $end))))
      (local.set $needle (i32.add (local.get $needle) (i32.const 20)))
      (br_if $each (i32.lt_u (local.get $needle) (global.get $needlesEnd))))
    (local.get $json))

  ;; The number that some digits are; below 0: they are not digits alone.
  (func $digits (param $p i32) (param $count i32) (result i64)
    (local $end i32) (local $value i64) (local $digit i64)
    (local.set $end (i32.add (local.get $p) (local.get $count)))
    (loop $each
      (local.set $digit (i64.sub (i64.load8_u (local.get $p)) (i64.const 0x30)))
      (if (i64.gt_u (local.get $digit) (i64.const 9)) (then (return (i64.const -1))))
      (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10)) (local.get $digit)))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $each (i32.lt_u (local.get $p) (local.get $end))))
    (local.get $value))

  ;; The count that a piece of JSON is; below 0: it is none, or not written in the plainest way.
  (func (export "count") (param $from i32) (param $to i32) (result f64)
    (if (i32.gt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 10)) (then (return (f64.const -1))))
    (f64.convert_i64_s (call $digits (local.get $from) (i32.sub (local.get $to) (local.get $from)))))

  (func $is (param $p i32) (param $c i32) (result i32)
    (i32.eq (i32.load8_u (local.get $p)) (local.get $c)))

  ;; The instant, in ms since the epoch, that a piece of JSON is; below 0: it is none of this century, or not in the one form that nearly
  ;; all logs write, "2026-10-31T10:05:00.000Z", also without milliseconds.
  (func (export "instant") (param $from i32) (param $to i32) (result f64)
    (local $length i32) (local $year i64) (local $month i64) (local $day i64) (local $hour i64) (local $minute i64) (local $second i64) (local $ms i64)
    (local.set $length (i32.sub (local.get $to) (local.get $from)))
    (if (i32.and (i32.ne (local.get $length) (i32.const 22)) (i32.ne (local.get $length) (i32.const 26))) (then (return (f64.const -1))))
    (if (i32.eqz (i32.and
        (i32.and
          (i32.and (call $is (local.get $from) (i32.const 0x22)) (call $is (i32.sub (local.get $to) (i32.const 2)) (i32.const 0x5a)))
          (i32.and (call $is (i32.add (local.get $from) (i32.const 5)) (i32.const 0x2d)) (call $is (i32.add (local.get $from) (i32.const 8)) (i32.const 0x2d))))
        (i32.and (call $is (i32.add (local.get $from) (i32.const 11)) (i32.const 0x54))
          (i32.and (call $is (i32.add (local.get $from) (i32.const 14)) (i32.const 0x3a)) (call $is (i32.add (local.get $from) (i32.const 17)) (i32.const 0x3a))))))
      (then (return (f64.const -1))))
    (if (i32.eq (local.get $length) (i32.const 26))
      (then
        (if (i32.eqz (call $is (i32.add (local.get $from) (i32.const 20)) (i32.const 0x2e))) (then (return (f64.const -1))))
        (local.set $ms (call $digits (i32.add (local.get $from) (i32.const 21)) (i32.const 3)))))
    (local.set $year (i64.sub (call $digits (i32.add (local.get $from) (i32.const 1)) (i32.const 4)) (i64.const 2000)))
    (local.set $month (i64.sub (call $digits (i32.add (local.get $from) (i32.const 6)) (i32.const 2)) (i64.const 1)))
    (local.set $day (i64.sub (call $digits (i32.add (local.get $from) (i32.const 9)) (i32.const 2)) (i64.const 1)))
    (local.set $hour (call $digits (i32.add (local.get $from) (i32.const 12)) (i32.const 2)))
    (local.set $minute (call $digits (i32.add (local.get $from) (i32.const 15)) (i32.const 2)))
    (local.set $second (call $digits (i32.add (local.get $from) (i32.const 18)) (i32.const 2)))
    ;; Days beyond the 28th are left to others in February, and the 31st in months that do not have it.
    (if (i32.eqz (i32.and
        (i32.and
          (i32.and (i64.lt_u (local.get $year) (i64.const 100)) (i64.lt_u (local.get $month) (i64.const 12)))
          (i64.lt_u (local.get $day) (select (i64.const 28)
            (i64.sub (i64.const 31) (i64.and (i64.shr_u (i64.const 0x528) (local.get $month)) (i64.const 1)))
            (i64.eq (local.get $month) (i64.const 1)))))
        (i32.and
          (i32.and (i64.lt_u (local.get $hour) (i64.const 24)) (i64.lt_u (local.get $minute) (i64.const 60)))
          (i32.and (i64.lt_u (local.get $second) (i64.const 60)) (i64.lt_u (local.get $ms) (i64.const 1000))))))
      (then (return (f64.const -1))))
    ;; Days since 2000-03-01 of a year that begins in March: then a leap day is the last one of a year.
    (local.set $month (i64.sub (local.get $month) (i64.const 2)))
    (if (i64.lt_s (local.get $month) (i64.const 0))
      (then
        (local.set $month (i64.add (local.get $month) (i64.const 12)))
        (local.set $year (i64.sub (local.get $year) (i64.const 1)))))
    (local.set $day (i64.add (local.get $day) (i64.add
      (i64.add (i64.mul (local.get $year) (i64.const 365)) (i64.shr_s (local.get $year) (i64.const 2)))
      (i64.div_u (i64.add (i64.mul (local.get $month) (i64.const 153)) (i64.const 2)) (i64.const 5)))))
    (f64.convert_i64_s (i64.add (i64.const 951868800000) (i64.add (local.get $ms) (i64.mul (i64.const 1000) (i64.add (local.get $second) (i64.mul (i64.const 60)
      (i64.add (local.get $minute) (i64.mul (i64.const 60) (i64.add (local.get $hour) (i64.mul (i64.const 24) (local.get $day))))))))))))
)
