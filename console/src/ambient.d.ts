declare module "*.css";

/** The server's sources, read here for their types, know Bun's workers; the browser's types hide them. */
interface Worker {
  ref(): void;
  unref(): void;
}
