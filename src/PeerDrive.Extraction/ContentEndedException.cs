namespace PeerDrive.Extraction;

/// <summary>The node has no more bytes of this file: part of it is not here any more. It says nothing about the file.</summary>
public sealed class ContentEndedException() : IOException("The content cannot be read any further.");
