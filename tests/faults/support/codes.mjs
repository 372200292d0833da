// The codes that a refusal may have for what failed; undefined: any.
export function acceptedCodes(fault, record) {
  return undefined;
}
