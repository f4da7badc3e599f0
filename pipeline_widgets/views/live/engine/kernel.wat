;; What the engine in the page needs fast, in WebAssembly SIMD: a matrix product, float16 to float32,
;; and GELU. Pointers and strides are in bytes, numbers are float32, rows follow one another.
;; kernel.wasm beside this file is its binary form; a test makes it anew and compares.
(module
  (import "env" "memory" (memory 1))

  ;; rows of K numbers each, R at a time: four numbers of each of them, then the next four. So the
  ;; product reads one place after the other. rows is a multiple of R, K of 4.
  (func (export "pack")
    (param $from i32) (param $stride i32) (param $rows i32) (param $K i32) (param $to i32) (param $R i32)
    (local $k i32) (local $r i32) (local $at i32)
    (loop $groups
      (local.set $k (i32.const 0))
      (loop $fours
        (local.set $at (i32.add (local.get $from) (local.get $k)))
        (local.set $r (local.get $R))
        (loop $each
          (v128.store (local.get $to) (v128.load (local.get $at)))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (local.set $at (i32.add (local.get $at) (local.get $stride)))
          (br_if $each (local.tee $r (i32.sub (local.get $r) (i32.const 1)))))
        (br_if $fours (i32.lt_u
          (local.tee $k (i32.add (local.get $k) (i32.const 16)))
          (i32.shl (local.get $K) (i32.const 2)))))
      (local.set $from (i32.add (local.get $from) (i32.mul (local.get $R) (local.get $stride))))
      (br_if $groups (local.tee $rows (i32.sub (local.get $rows) (local.get $R))))))

  ;; c[m][n] = Σ_k a[m][k] b[n][k] + bias[n], for M rows of a, packed by four, and N of b, packed by
  ;; two. Four rows of a meet two of b at a time: eight sums of four numbers each stay in registers.
  ;; bias 0 means none.
  (func (export "product")
    (param $a i32) (param $b i32) (param $bias i32) (param $c i32) (param $c_stride i32)
    (param $M i32) (param $N i32) (param $K i32)
    (local $m i32) (local $n i32) (local $b0 i32) (local $end i32) (local $p i32) (local $q i32)
    (local $to i32) (local $bias0 f32) (local $bias1 f32)
    (local $x v128) (local $y0 v128) (local $y1 v128)
    (local $s00 v128) (local $s01 v128)
    (local $s10 v128) (local $s11 v128)
    (local $s20 v128) (local $s21 v128)
    (local $s30 v128) (local $s31 v128)
    (local.set $b0 (local.get $b))
    (loop $columns
      (local.set $end (i32.add (local.get $b0) (i32.shl (local.get $K) (i32.const 3))))
      (if (local.get $bias) (then
        (local.set $bias0 (f32.load (i32.add (local.get $bias) (i32.shl (local.get $n) (i32.const 2)))))
        (local.set $bias1 (f32.load offset=4 (i32.add (local.get $bias) (i32.shl (local.get $n) (i32.const 2)))))))
      (local.set $to (i32.add (local.get $c) (i32.shl (local.get $n) (i32.const 2))))
      (local.set $p (local.get $a))
      (local.set $m (i32.const 0))
      (loop $rows
        (local.set $s00 (v128.const f32x4 0 0 0 0)) (local.set $s01 (v128.const f32x4 0 0 0 0))
        (local.set $s10 (v128.const f32x4 0 0 0 0)) (local.set $s11 (v128.const f32x4 0 0 0 0))
        (local.set $s20 (v128.const f32x4 0 0 0 0)) (local.set $s21 (v128.const f32x4 0 0 0 0))
        (local.set $s30 (v128.const f32x4 0 0 0 0)) (local.set $s31 (v128.const f32x4 0 0 0 0))
        (local.set $q (local.get $b0))
        (loop $inner
          (local.set $y0 (v128.load (local.get $q)))
          (local.set $y1 (v128.load offset=16 (local.get $q)))
          (local.set $x (v128.load (local.get $p)))
          (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $x) (local.get $y0))))
          (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $x) (local.get $y1))))
          (local.set $x (v128.load offset=16 (local.get $p)))
          (local.set $s10 (f32x4.add (local.get $s10) (f32x4.mul (local.get $x) (local.get $y0))))
          (local.set $s11 (f32x4.add (local.get $s11) (f32x4.mul (local.get $x) (local.get $y1))))
          (local.set $x (v128.load offset=32 (local.get $p)))
          (local.set $s20 (f32x4.add (local.get $s20) (f32x4.mul (local.get $x) (local.get $y0))))
          (local.set $s21 (f32x4.add (local.get $s21) (f32x4.mul (local.get $x) (local.get $y1))))
          (local.set $x (v128.load offset=48 (local.get $p)))
          (local.set $s30 (f32x4.add (local.get $s30) (f32x4.mul (local.get $x) (local.get $y0))))
          (local.set $s31 (f32x4.add (local.get $s31) (f32x4.mul (local.get $x) (local.get $y1))))
          (local.set $p (i32.add (local.get $p) (i32.const 64)))
          (br_if $inner (i32.lt_u
            (local.tee $q (i32.add (local.get $q) (i32.const 32))) (local.get $end))))
        (f32.store (local.get $to) (f32.add (call $total (local.get $s00)) (local.get $bias0)))
        (f32.store offset=4 (local.get $to) (f32.add (call $total (local.get $s01)) (local.get $bias1)))
        (local.set $to (i32.add (local.get $to) (local.get $c_stride)))
        (f32.store (local.get $to) (f32.add (call $total (local.get $s10)) (local.get $bias0)))
        (f32.store offset=4 (local.get $to) (f32.add (call $total (local.get $s11)) (local.get $bias1)))
        (local.set $to (i32.add (local.get $to) (local.get $c_stride)))
        (f32.store (local.get $to) (f32.add (call $total (local.get $s20)) (local.get $bias0)))
        (f32.store offset=4 (local.get $to) (f32.add (call $total (local.get $s21)) (local.get $bias1)))
        (local.set $to (i32.add (local.get $to) (local.get $c_stride)))
        (f32.store (local.get $to) (f32.add (call $total (local.get $s30)) (local.get $bias0)))
        (f32.store offset=4 (local.get $to) (f32.add (call $total (local.get $s31)) (local.get $bias1)))
        (local.set $to (i32.add (local.get $to) (local.get $c_stride)))
        (br_if $rows (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 4))) (local.get $M))))
      (local.set $b0 (local.get $end))
      (br_if $columns (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 2))) (local.get $N)))))

  (func $total (param $x v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $x)) (f32x4.extract_lane 1 (local.get $x)))
      (f32.add (f32x4.extract_lane 2 (local.get $x)) (f32x4.extract_lane 3 (local.get $x)))))

  ;; count numbers, a multiple of 8, from float16 to float32. The 15 lower bits, moved up, are the
  ;; number times 2^-112, subnormal ones included; the sign moves by itself.
  (func (export "widen") (param $from i32) (param $to i32) (param $count i32)
    (local $end i32) (local $bits v128)
    (local.set $end (i32.add (local.get $from) (i32.shl (local.get $count) (i32.const 1))))
    (loop $next
      (local.set $bits (v128.load (local.get $from)))
      (v128.store (local.get $to) (call $float (i32x4.extend_low_i16x8_u (local.get $bits))))
      (v128.store offset=16 (local.get $to) (call $float (i32x4.extend_high_i16x8_u (local.get $bits))))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (br_if $next (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 16))) (local.get $end)))))

  (func $float (param $bits v128) (result v128)
    (v128.or
      (i32x4.shl (v128.and (local.get $bits) (v128.const i32x4 0x8000 0x8000 0x8000 0x8000)) (i32.const 16))
      (f32x4.mul
        (i32x4.shl (v128.and (local.get $bits) (v128.const i32x4 0x7fff 0x7fff 0x7fff 0x7fff)) (i32.const 13))
        (v128.const f32x4 0x1p112 0x1p112 0x1p112 0x1p112))))

  ;; exp(x) for x ≤ 0: 2^n exp(r) with |r| ≤ ln 2 / 2 and a polynomial for exp(r) (Cephes, expf).
  (func $exp (param $x v128) (result v128)
    (local $n v128) (local $p v128)
    (local.set $x (f32x4.max (local.get $x) (v128.const f32x4 -87 -87 -87 -87)))
    (local.set $n (f32x4.nearest (f32x4.mul (local.get $x) (v128.const f32x4 1.44269504 1.44269504 1.44269504 1.44269504))))
    (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $n) (v128.const f32x4 0.693359375 0.693359375 0.693359375 0.693359375))))
    (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $n) (v128.const f32x4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4 -2.12194440e-4))))
    (local.set $p (v128.const f32x4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (v128.const f32x4 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3)))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (v128.const f32x4 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3)))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (v128.const f32x4 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2)))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (v128.const f32x4 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1)))
    (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x)) (v128.const f32x4 5.0000001201e-1 5.0000001201e-1 5.0000001201e-1 5.0000001201e-1)))
    (local.set $p (f32x4.add (f32x4.mul (f32x4.mul (local.get $p) (local.get $x)) (local.get $x)) (local.get $x)))
    (f32x4.mul
      (f32x4.add (local.get $p) (v128.const f32x4 1 1 1 1))
      (i32x4.shl
        (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (v128.const i32x4 127 127 127 127))
        (i32.const 23))))

  ;; count numbers, a multiple of 4, in place: max(x, 0) - |x| (1 - erf(|x| / √2)) / 2, with erf by
  ;; Abramowitz & Stegun 7.1.26, as in the Python engine; the coefficients are halved.
  (func (export "gelu") (param $at i32) (param $count i32)
    (local $end i32) (local $x v128) (local $size v128) (local $t v128) (local $tail v128)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $x (v128.load (local.get $at)))
      (local.set $size (f32x4.abs (local.get $x)))
      (local.set $t (f32x4.div (v128.const f32x4 1 1 1 1)
        (f32x4.add (f32x4.mul (local.get $size) (v128.const f32x4 0.2316418883 0.2316418883 0.2316418883 0.2316418883)) (v128.const f32x4 1 1 1 1))))
      (local.set $tail (f32x4.mul (local.get $t) (v128.const f32x4 0.5307027145 0.5307027145 0.5307027145 0.5307027145)))
      (local.set $tail (f32x4.mul (f32x4.add (local.get $tail) (v128.const f32x4 -0.7265760135 -0.7265760135 -0.7265760135 -0.7265760135)) (local.get $t)))
      (local.set $tail (f32x4.mul (f32x4.add (local.get $tail) (v128.const f32x4 0.7107068705 0.7107068705 0.7107068705 0.7107068705)) (local.get $t)))
      (local.set $tail (f32x4.mul (f32x4.add (local.get $tail) (v128.const f32x4 -0.142248368 -0.142248368 -0.142248368 -0.142248368)) (local.get $t)))
      (local.set $tail (f32x4.mul (f32x4.add (local.get $tail) (v128.const f32x4 0.127414796 0.127414796 0.127414796 0.127414796)) (local.get $t)))
      (local.set $tail (f32x4.mul (f32x4.mul (local.get $tail) (local.get $size))
        (call $exp (f32x4.mul (f32x4.mul (local.get $size) (local.get $size)) (v128.const f32x4 -0.5 -0.5 -0.5 -0.5)))))
      (v128.store (local.get $at) (f32x4.sub (f32x4.max (local.get $x) (v128.const f32x4 0 0 0 0)) (local.get $tail)))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))))
