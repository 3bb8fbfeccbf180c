import type { OciSettings } from "../oci-fetcher-options.ts";
import type { OciReference } from "../reference/oci-reference.ts";
import { originOf } from "./hosts.ts";
import { type Asked, Registry } from "./registry.ts";
import { Session } from "./session.ts";
import type { Place } from "./token-question.ts";

/** Who asks which repository, remembered from call to call: tokens are good for several. */
export class Registries {
  readonly #settings: OciSettings;
  readonly #sessions = new Map<string, Session>();

  constructor(settings: OciSettings) {
    this.#settings = settings;
  }

  /** The places of a repository, in the order in which they are asked: mirrors first. */
  placesOf({ registry, repository }: OciReference, how: Omit<Asked, "settings">): readonly Registry[] {
    const mirrors = this.#settings.mirrors.get(registry) ?? [];
    const places = mirrors.map((mirror) => ({ registry: mirror.registry, repository: mirror.prefix + repository }));
    return [...places, { registry, repository }].map(
      (place) => new Registry(this.#sessionOf(place), { ...how, settings: this.#settings }),
    );
  }

  #sessionOf({ registry, repository }: Omit<Place, "origin">): Session {
    const origin = originOf(registry, this.#settings.plainHttp);
    const key = `${origin}/${repository}`;
    const session = this.#sessions.get(key) ?? new Session({ registry, repository, origin }, this.#settings);
    this.#sessions.set(key, session);
    return session;
  }
}
