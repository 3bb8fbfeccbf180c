import {
  assertModelRef,
  type CatalogStore,
  type Digest,
  type FetchPlan,
  type FsCatalog,
  modelId,
  type ModelFetcher,
  type ModelRef,
  parseDigest,
  parseModelRef,
  type ResolvedModel,
  schemeOf,
  type SchemesOf,
} from "@llama-orch/catalog-core";
import { type FileFetcher, fileFetcher } from "@llama-orch/fetcher-file";
import { normalized } from "./compose/normalized.ts";
import type { ServedReference } from "./compose/served-reference.ts";
import { assertSchemes } from "./compose/assert-schemes.ts";
import { selectFetcher } from "./compose/select-fetcher.ts";
import { type Call, openCall } from "./ensure/call.ts";
import type { Candidate } from "./ensure/candidate.ts";
import type { PlanDemand } from "./ensure/demand.ts";
import { told } from "./ensure/told.ts";
import { findPresent } from "./ensure/find-present.ts";
import { Flights } from "./ensure/flights.ts";
import { assertAllowed, assertOutside } from "./ensure/policy.ts";
import { openCatalog } from "./options/open-catalog.ts";
import {
  type EnsureOptions,
  parseProvisionerOptions,
  type ProvisionerOptions,
  type Settings,
} from "./options/provisioner-options.ts";

/**
 * Makes models present: on this disk, verified, at a path that an engine can open, and on record.
 *
 * @typeParam C the catalog: what is here.
 * @typeParam F the fetcher, or several of them composed: what can be brought. Its schemes decide which literal references compile.
 */
export class ModelProvisioner<out C extends CatalogStore, in F extends ModelFetcher> {
  readonly catalog: C;
  /** The schemes that can be ensured. What is not among them must be brought by other means. */
  readonly schemes: readonly string[];
  /** Whether anything but this machine may be asked. */
  readonly network: boolean;
  readonly #fetcher: ModelFetcher;
  readonly #settings: Settings;
  readonly #flights = new Flights<Candidate>();

  /** @throws ModelError `OPTION_INVALID`, `FETCHER_SCHEME_INVALID` */
  constructor(catalog: C, fetcher: F, options: ProvisionerOptions = {}) {
    assertSchemes(fetcher);
    this.catalog = catalog;
    this.schemes = fetcher.schemes;
    this.network = fetcher.network;
    this.#fetcher = fetcher;
    this.#settings = parseProvisionerOptions(options);
  }

  /** For machines that may not touch a network: models of this machine only. Opens no socket and starts no process. */
  static fileOnly(cacheDir: string, options: ProvisionerOptions = {}): ModelProvisioner<FsCatalog, FileFetcher> {
    return new ModelProvisioner(openCatalog(cacheDir, options), fileFetcher(), options);
  }

  /**
   * Makes the model that a text names present; see {@link ModelProvisioner.ensurePresent}.
   * A literal reference whose scheme no fetcher serves does not compile.
   */
  async ensurePresentStr<const Reference extends string, Schemes extends SchemesOf<F> = SchemesOf<F>>(
    reference: ServedReference<Reference, Schemes>,
    expectedDigest?: Digest | string,
    options: EnsureOptions = {},
  ): Promise<ResolvedModel> {
    return this.#ensure(this.#parse(reference), reference, expectedDigest, options);
  }

  /**
   * Makes a model present, and says where. In order: what is here and known is returned at once; else the source is
   * asked, the bytes are brought into a private place, hashed, compared, published and registered as Active.
   * Nothing partial is ever visible, and concurrent calls for one model share the work.
   *
   * @param expectedDigest of the file, or of the directory's listing. Absent: the one that a caller gave before, if any.
   * @throws ModelError `DIGEST_MISMATCH`, `NO_FETCHER`, `OFFLINE`, `NOT_ALLOWED`, …, and whatever the fetcher throws;
   *   `signal.reason` untouched when aborted.
   */
  async ensurePresent(
    ref: ModelRef,
    expectedDigest?: Digest | string,
    options: EnsureOptions = {},
  ): Promise<ResolvedModel> {
    assertModelRef(ref);
    return this.#ensure(ref, modelId(ref), expectedDigest, options);
  }

  /**
   * The id that a reference has here: canonical, by its fetcher's own grammar where the scheme has one.
   * @throws ModelError `REF_INVALID`; a scheme that nobody serves is no error
   */
  idOf(reference: string): string {
    const ref = this.#parse(reference);
    const isServed = this.schemes.includes(schemeOf(ref));
    return modelId(isServed ? normalized(ref, selectFetcher(this.#fetcher, schemeOf(ref))) : ref);
  }

  /**
   * What ensuring a reference would do, without doing it: served from here, or brought by this plan. Writes nothing
   * and moves no model bytes, but may ask the source.
   */
  async plan(reference: string, expectedDigest?: Digest | string, options: EnsureOptions = {}): Promise<EnsurePlan> {
    const { call, fetcher } = this.#open(this.#parse(reference), reference, expectedDigest, options);
    const present = await findPresent(call, this.catalog);
    if (present !== undefined) return { id: call.id, present };
    const around = { catalog: this.catalog, fetcher, settings: this.#settings, signal: call.signal, emit: call.emit };
    const { foresee } = await import("./ensure/foresee.ts");
    return { id: call.id, ...(await foresee(call, around)) };
  }

  async #ensure(
    written: ModelRef,
    reference: string,
    expectedDigest: Digest | string | undefined,
    options: EnsureOptions,
  ): Promise<ResolvedModel> {
    const { call, fetcher } = this.#open(written, reference, expectedDigest, options);
    return told(call, async () => (await findPresent(call, this.catalog)) ?? this.#bring(call, fetcher));
  }

  #parse(reference: string): ModelRef {
    const { cwd, home } = this.#settings;
    return parseModelRef(reference, { ...(cwd !== undefined && { cwd }), ...(home !== undefined && { home }) });
  }

  #open(
    written: ModelRef,
    reference: string,
    expectedDigest: Digest | string | undefined,
    options: EnsureOptions,
  ): OpenedCall {
    options.signal?.throwIfAborted();
    assertAllowed(written, this.#settings);
    assertOutside(written, this.catalog.cacheDir);
    const fetcher = selectFetcher(this.#fetcher, schemeOf(written));
    const ref = normalized(written, fetcher);
    const expected = expectedDigest === undefined ? undefined : parseDigest(expectedDigest);
    const request = { id: modelId(ref), ref, reference, expected, wantsManaged: fetcher.managed ?? false };
    return { call: openCall(request, options, this.#settings), fetcher };
  }

  /** Loaded only now: a program whose models are present never needs what brings them. */
  async #bring(call: Call, fetcher: ModelFetcher): Promise<ResolvedModel> {
    const { bring } = await import("./ensure/bring.ts");
    const around = { catalog: this.catalog, fetcher, settings: this.#settings };
    return bring(call, this.#flights, { ...around, signal: call.signal, emit: call.emit });
  }
}

/** What {@link ModelProvisioner.plan} finds: exactly one of `present` and `plan` is there. */
export interface EnsurePlan {
  readonly id: string;
  readonly present?: ResolvedModel;
  readonly plan?: FetchPlan;
  /** What carrying out `plan` takes; absent where nothing would be brought into the cache. */
  readonly demand?: PlanDemand;
}

interface OpenedCall {
  readonly call: Call;
  readonly fetcher: ModelFetcher;
}
