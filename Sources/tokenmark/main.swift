print("tokenmark")
