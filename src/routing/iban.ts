/** Length of an IBAN by country, from the SWIFT registry. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{
      AD: 24,
      AE: 23,
      AL: 28,
      AT: 20,
      AZ: 28,
      BA: 20,
      BE: 16,
      BG: 22,
      BH: 22,
      BR: 29,
      BY: 28,
      CH: 21,
      CR: 22,
    },
    ...{
      CY: 28,
      CZ: 24,
      DE: 22,
      DK: 18,
      DO: 28,
      EE: 20,
      EG: 29,
      ES: 24,
      FI: 18,
      FO: 18,
      FR: 27,
      GB: 22,
      GE: 22,
    },
    ...{
      GI: 23,
      GL: 18,
      GR: 27,
      GT: 28,
      HR: 21,
      HU: 28,
      IE: 22,
      IL: 23,
      IQ: 23,
      IS: 26,
      IT: 27,
      JO: 30,
      KW: 30,
    },
    ...{
      KZ: 20,
      LB: 28,
      LC: 32,
      LI: 21,
      LT: 20,
      LU: 20,
      LV: 21,
      LY: 25,
      MC: 27,
      MD: 24,
      ME: 22,
      MK: 19,
      MR: 27,
    },
    ...{
      MT: 31,
      MU: 30,
      NL: 18,
      NO: 15,
      PK: 24,
      PL: 28,
      PS: 29,
      PT: 25,
      QA: 29,
      RO: 24,
      RS: 22,
      SA: 24,
      SC: 31,
    },
    ...{
      SE: 24,
      SI: 19,
      SK: 24,
      SM: 27,
      ST: 25,
      SV: 28,
      TL: 23,
      TN: 24,
      TR: 26,
      UA: 29,
      VA: 22,
      VG: 24,
      XK: 20,
    },
  }),
);

/** Whether an IBAN stands there: its country's length, spaces or hyphens between its characters, a right checksum. */
export function ibanAt(text: string, from: number): boolean {
  const length = LENGTHS.get(text.slice(from, from + 2).toUpperCase());
  if (length === undefined) return false;
  let iban = "";
  let at = from;
  for (; at < text.length && iban.length < length; at++) {
    const character = text[at] ?? "";
    if (/[A-Za-z0-9]/.test(character)) iban += character.toUpperCase();
    else if ((character !== " " && character !== "-") || !/[A-Za-z0-9]/.test(text[at + 1] ?? ""))
      return false;
  }
  return iban.length === length && !/[A-Za-z0-9]/.test(text[at] ?? "") && checksum(iban) === 1;
}

/** ISO 7064 mod 97-10 with the first four characters moved to the end and letters as 10 to 35. */
function checksum(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
