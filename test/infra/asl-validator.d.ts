/** The package ships no types. */
declare module 'asl-validator' {
  export interface ValidationResult {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  }
  const validate: (
    definition: object,
    options?: { readonly checkPaths?: boolean; readonly checkArn?: boolean },
  ) => ValidationResult;
  // biome-ignore lint/style/noDefaultExport: this is how the package exports it
  export default validate;
}
