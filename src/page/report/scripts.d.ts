/** What the build makes of `client/`. */
declare module '#page/report' {
  export const script: string;
  export const styles: string;
}
