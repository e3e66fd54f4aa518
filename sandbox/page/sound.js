// The knock that says somebody wants you.

const KEY = "sandbox-sound";

let audio = null;

export const soundIsOn = () => localStorage.getItem(KEY) !== "off";

export function switchSound() {
  localStorage.setItem(KEY, soundIsOn() ? "off" : "on");
  // Whoever turns it on hears what it is.
  if (soundIsOn()) beep();
}

export function beep() {
  // Browsers keep a page silent until somebody has touched it.
  if (!soundIsOn() || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  for (const [delay, pitch] of [[0, 660], [0.12, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.05, audio.currentTime + delay);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + delay + 0.11);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + delay);
    tone.stop(audio.currentTime + delay + 0.12);
  }
}
