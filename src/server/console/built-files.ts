import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isObject, parseJson } from "../../core/json.ts";

/** One file of the built console. Beside each lies the same as `.gz`. */
export interface BuiltFile {
  /** Absolute. */
  path: string;
  /** Its `Content-Type`. */
  type: string;
  /** Its name changes with its content. */
  immutable: boolean;
}

/** The built console in its folder, as its `manifest.json` says: what is not named there does not exist. */
export class BuiltFiles {
  private readonly folder: string;
  private files = new Map<string, BuiltFile>();
  private readMs: number | null = null;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** By its path below `/console/`; null = there is none. Notices a newer build. */
  get(name: string): BuiltFile | null {
    const manifest = join(this.folder, "manifest.json");
    const changedMs = statSync(manifest, { throwIfNoEntry: false })?.mtimeMs ?? null;
    if (changedMs !== this.readMs) {
      this.files = changedMs === null ? new Map() : this.filesOf(readFileSync(manifest, "utf8"));
      this.readMs = changedMs;
    }
    return this.files.get(name) ?? null;
  }

  private filesOf(manifest: string): Map<string, BuiltFile> {
    const named = parseJson(manifest);
    if (!isObject(named)) return new Map();
    return new Map(
      Object.entries(named).flatMap(([name, told]): [string, BuiltFile][] => {
        if (!isObject(told) || typeof told.type !== "string") return [];
        const path = join(this.folder, name);
        return [[name, { path, type: told.type, immutable: told.immutable === true }]];
      }),
    );
  }
}
