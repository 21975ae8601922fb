"""Photos: read as cameras write them, asked about, and their answers as arrays, pictures and point clouds."""
