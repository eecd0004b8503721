/** What pages of the console may do: scripts and styles of this server alone, no frame around them, nothing from anywhere else. */
const policy = (nonce: string | undefined): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // A library writes one style element (the lock on scrolling under a dialog), and only with this page's own nonce.
    `style-src 'self'${nonce === undefined ? "" : ` 'nonce-${nonce}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "report-uri /console/csp-reports",
  ].join("; ");

const FIXED: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "x-frame-options": "DENY",
};

export const securityHeaders = (nonce?: string): Record<string, string> => ({ "content-security-policy": policy(nonce), ...FIXED });

/** Of a picture that somebody configured: opened by itself it is a page, and may do nothing at all. */
export const pictureHeaders = (): Record<string, string> => ({
  ...FIXED,
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
});
