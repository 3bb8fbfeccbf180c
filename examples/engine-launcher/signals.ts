import { sampleRate } from "./launch.ts";

export function silence(seconds: number): Float32Array {
  return new Float32Array(seconds * sampleRate);
}

/** A sung "ah", synthesized: the harmonics of a wavering voice, louder near the three formants of the vowel. */
export function vowel(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * sampleRate }, (_, sample) => {
    const t = sample / sampleRate;
    const waver = 1 + 0.05 * Math.sin(2 * Math.PI * 3 * t);
    const syllables = 0.5 + 0.5 * Math.sin(2 * Math.PI * 4 * t);
    const voice = harmonics.map(({ hz, gain }) => gain * Math.sin(2 * Math.PI * hz * waver * t));
    return 0.1 * syllables * voice.reduce((sum, harmonic) => sum + harmonic, 0);
  });
}

const pitchHz = 120;

/** Center and width in Hz. */
const formants = [
  { hz: 700, width: 130 },
  { hz: 1220, width: 150 },
  { hz: 2600, width: 200 },
];

const harmonics = Array.from({ length: 33 }, (_, index) => {
  const hz = pitchHz * (index + 1);
  const resonance = formants.map((formant) => 1 / (1 + ((hz - formant.hz) / formant.width) ** 2));
  return { hz, gain: resonance.reduce((sum, gain) => sum + gain, 0) / (index + 1) ** 0.3 };
});
