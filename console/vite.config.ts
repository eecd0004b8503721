import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run console` builds it; `WEIR_DEV_SERVER=http://127.0.0.1:8080 npx vite console` serves it with reloads in front of a running server.
const server = process.env["WEIR_DEV_SERVER"];

export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react(), tailwindcss()],
  // Inlined fonts and images would need `data:` in more of the policy than images.
  build: { outDir: "dist", emptyOutDir: true, assetsInlineLimit: 0, target: "es2023", modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: server === undefined ? {} : { proxy: { "^/(v1|admin|readyz|console/(session|settings|login|callback|logo|csp-reports))": server } },
});
