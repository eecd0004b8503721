/** vLLM tells its metrics beside its API, not below it: `http://host:8000/v1` has them at `http://host:8000/metrics`. */
export const metricsUrlOf = (baseUrl: string): string => `${baseUrl.replace(/\/v1$/, "")}/metrics`;
