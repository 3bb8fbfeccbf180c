import { regionOfHost } from "../bucket/bucket-address.ts";
import { type Addressing, parseEndpoint, parseRegion, type S3Settings } from "../s3-fetcher-options.ts";

/** Which S3 it is, by the options first, then by the environment, then by the profile. */
export interface Surroundings {
  /** Absent: AWS's own, of the region. */
  readonly endpoint: URL | undefined;
  readonly region: string;
  readonly addressing: Addressing | undefined;
}

/**
 * Read by AWS's own loader, and anew each time: its variables and files are where people have set up their S3.
 * @throws ModelError `S3_OPTION_INVALID`
 */
export async function loadSurroundings(settings: S3Settings): Promise<Surroundings> {
  const { loadConfig } = await import("@smithy/core/config");
  const { profile, endpoint, region, addressing } = settings;
  const configuration = { ignoreCache: true, ...(profile !== undefined && { profile }) };
  const [env, file] = await Promise.all([
    loadConfig<Found>({
      environmentVariableSelector: inEnvironment,
      configFileSelector: () => undefined,
      default: {},
    })(),
    loadConfig<Found>(
      { environmentVariableSelector: () => undefined, configFileSelector: inProfile, default: {} },
      configuration,
    )(),
  ]);
  const found = { ...file, ...env };
  const foundEndpoint = found.ignoresEndpoints === "true" ? undefined : found.endpoint;
  const asked = endpoint ?? (foundEndpoint === undefined ? undefined : parseEndpoint(foundEndpoint, configurations));
  return {
    endpoint: asked,
    region: region ?? namedBy(asked) ?? parseRegion(found.region ?? "us-east-1", configurations),
    addressing: addressing ?? addressingOf.get(found.style ?? ""),
  };
}

/** An endpoint of AWS that has a region's name in it is of that region; the one without is of all. */
function namedBy(endpoint: URL | undefined): string | undefined {
  return endpoint === undefined || endpoint.hostname === "s3.amazonaws.com"
    ? undefined
    : regionOfHost(endpoint.hostname);
}

/** For messages: where it stands that the options do not say. */
const configurations = "the AWS configuration (environment, or profile)";

interface Found {
  readonly endpoint?: string;
  readonly region?: string;
  readonly style?: string;
  readonly ignoresEndpoints?: string;
}

/** As the profile's `s3.addressing_style` has it; its `auto` is the default here. */
const addressingOf: ReadonlyMap<string, Addressing> = new Map([
  ["path", "path"],
  ["virtual", "virtual-host"],
]);

type Texts = Readonly<Record<string, string | undefined>>;

function inEnvironment(env: Texts): Found {
  return given({
    endpoint: env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"],
    region: env["AWS_REGION"] || env["AWS_DEFAULT_REGION"],
    ignoresEndpoints: env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase(),
  });
}

/** What stands indented below `s3 =` is named with a dot; the endpoints of services stand in a section of their own. */
function inProfile(profile: Texts, file?: Readonly<Record<string, Texts>>): Found {
  const services = file?.[`services.${profile["services"] ?? ""}`];
  return given({
    endpoint: services?.["s3.endpoint_url"] || profile["endpoint_url"],
    region: profile["region"],
    style: profile["s3.addressing_style"]?.toLowerCase(),
    ignoresEndpoints: profile["ignore_configured_endpoint_urls"]?.toLowerCase(),
  });
}

/** Without what is not set: it would hide what another place says. */
function given(found: { readonly [Name in keyof Found]: string | undefined }): Found {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined && value !== ""));
}
