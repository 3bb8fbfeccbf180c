export { executableOf, type RealCli, realCli, realClis, type Release, releases } from "./real-clis.ts";
