import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // light-dark() is to stay as it is written.
  build: { target: "es2023", cssTarget: ["chrome123", "firefox120", "safari17.5"], chunkSizeWarningLimit: 1000, modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
