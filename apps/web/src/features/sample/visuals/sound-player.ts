import type { StoredAudio } from '@noema/integration/visuals';
import { useEffect, useRef, useState } from 'react';

/** Plays a sound from any moment. It is decoded here, so the page needs no permission to load media. */
export function useSoundPlayer({ channels, sampleRate }: StoredAudio) {
  const seconds = (channels[0]?.length ?? 0) / sampleRate;
  const [position, setPosition] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), [channels]);
  const play = (from: number): void => {
    stop.current?.();
    const context = new AudioContext();
    const buffer = context.createBuffer(channels.length, Math.max(1, channels[0]?.length ?? 0), sampleRate);
    channels.forEach((channel, at) => {
      buffer.copyToChannel(Float32Array.from(channel), at);
    });
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    let frame = 0;
    let isStopped = false;
    stop.current = () => {
      if (isStopped) return;
      isStopped = true;
      cancelAnimationFrame(frame);
      setPlaying(false);
      void context.close();
    };
    const advance = (): void => {
      setPosition(Math.min(seconds, from + context.currentTime));
      frame = requestAnimationFrame(advance);
    };
    source.onended = () => {
      if (isStopped) return;
      setPosition(0);
      stop.current?.();
    };
    source.start(0, from);
    setPlaying(true);
    advance();
  };
  return {
    seconds,
    position,
    isPlaying,
    toggle: () => {
      if (isPlaying) stop.current?.();
      else play(position >= seconds ? 0 : position);
    },
    seek: (to: number) => {
      if (isPlaying) play(to);
      else setPosition(to);
    },
  };
}
