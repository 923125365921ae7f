/**
 * CRC-32 of two concatenated byte strings, from their CRCs and the length of the second: appending n zero bytes is
 * a linear map over GF(2), applied by repeated squaring. The ledger merges adjacent ranges with it without reading
 * them again.
 */
const polynomial = 0xedb88320;

type Matrix = readonly number[];

/** The matrix that appends one zero byte. */
const oneByte: Matrix = square(
  square(square([polynomial, ...Array.from({ length: 31 }, (_, bit) => 2 ** bit)])),
);

/** The n-th matrix appends 2^n zero bytes. Grows as longer strings are met. */
const powers: Matrix[] = [oneByte];

/** CRC-32 of `first + second`. */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  let crc = first;
  let power = 0;
  for (let length = secondLength; length > 0; length = Math.floor(length / 2)) {
    if (length % 2 === 1) crc = multiply(zeroBytes(power), crc);
    power += 1;
  }
  return (crc ^ second) >>> 0;
}

function zeroBytes(power: number): Matrix {
  for (let last = powers.length - 1; last < power; last += 1) powers.push(square(powers[last] as Matrix));
  return powers[power] as Matrix;
}

function multiply(matrix: Matrix, vector: number): number {
  let product = 0;
  for (let bits = vector >>> 0, row = 0; bits !== 0; bits >>>= 1, row += 1) {
    if ((bits & 1) === 1) product ^= matrix[row] ?? 0;
  }
  return product >>> 0;
}

function square(matrix: Matrix): Matrix {
  return matrix.map((row) => multiply(matrix, row));
}
