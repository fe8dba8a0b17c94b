/** Check characters of the identifiers that cross a boundary. Pure arithmetic, no validation of shape. */

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';

/** Check character of the first 17 digits of a resident ID number (GB 11643: ISO 7064 MOD 11-2). */
export function idNumberCheck(first17: string): string {
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return ID_CHECKS.charAt(sum % 11);
}

/** Check digit by ISO 7064 MOD 11,10, which finds every single wrong digit and stays a digit. Characters other than digits are skipped. */
export function documentCheck(text: string): string {
  let product = 10;
  for (const character of text) {
    if (character < '0' || character > '9') continue;
    const sum = (product + Number(character)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}
